"""The ground and its units over HTTP."""
