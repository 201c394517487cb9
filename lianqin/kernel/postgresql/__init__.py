"""Django's PostgreSQL, but for how it finds out whether a kept connection is still alive."""
