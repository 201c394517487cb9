"""The demonstration ground: real names and codes, everything else made up and marked synthetic."""
