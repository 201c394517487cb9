"""Courses, sittings, records, and who is still to be trained."""
