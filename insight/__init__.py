"""Counters and totals for boards: what is open is counted, what is past was added up when it happened."""
