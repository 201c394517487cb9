"""The proof that every (place, matter) has somebody at both levels, and what else stands in the way of duty."""

from configuration.selectors.preflight.found import CRITICAL, WARNING, Hole, link_of
from configuration.selectors.preflight.ground import ground_holes
from configuration.selectors.preflight.hours import HourProof, prove_hours
from configuration.selectors.preflight.pairs import Proof, prove
from configuration.selectors.preflight.rules import rule_holes
from configuration.selectors.preflight.runs import last_runs, new_since, run_of

__all__ = [
    "CRITICAL",
    "WARNING",
    "Hole",
    "HourProof",
    "Proof",
    "ground_holes",
    "last_runs",
    "link_of",
    "new_since",
    "prove",
    "prove_hours",
    "rule_holes",
    "run_of",
]
