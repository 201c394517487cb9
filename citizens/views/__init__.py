"""Pages of the public site, and of staff who look after citizens."""
