"""Emulators of the five platforms: real servers with formats of their own, spoken to over the network."""
