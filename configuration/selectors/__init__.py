"""Reads of the configuration: how far a district is set up, what waits for approval, what was changed."""
