"""Builds a district's five years: people, orders with their whole histories, by COPY. See benchmarks/README.md."""
