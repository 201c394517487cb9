"""Embedded PostgreSQL and Valkey, and the processes around them. Standard library only: it runs before the venv."""
