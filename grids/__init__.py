"""Where, and who is there: divisions, boundaries, units, posts."""
