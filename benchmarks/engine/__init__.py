"""Escalation under fire: real processes, a saboteur, a judge. Used by ``benchmarks/fire.py`` and by the tests."""
