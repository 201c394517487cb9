"""The tables that can be read from files and written to them: one django-import-export resource each."""
