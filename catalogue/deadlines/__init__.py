"""How long a stage may take: which rule applies, what a draft would change, and when something would be due."""

from catalogue.deadlines.checking import Finding, check
from catalogue.deadlines.choosing import Asked, Kind, Rule, Verdict, choose, overlay, verdicts
from catalogue.deadlines.policies import Policy, current_table, kinds, policy_for, policy_of
from catalogue.deadlines.previewing import Preview, default_moment, preview

__all__ = [
    "Asked",
    "Finding",
    "Kind",
    "Policy",
    "Preview",
    "Rule",
    "Verdict",
    "check",
    "choose",
    "current_table",
    "default_moment",
    "kinds",
    "overlay",
    "policy_for",
    "policy_of",
    "preview",
    "verdicts",
]
