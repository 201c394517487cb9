"""The pages of units, secondments and entrusted services."""
