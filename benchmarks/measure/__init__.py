"""Figures with their floors: what a scenario may use and what ``benchmarks/scale.py`` does with its figures."""
