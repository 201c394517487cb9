"""Runs by hand that measure and that try to break things; nothing here is imported by the platform."""
