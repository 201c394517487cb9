"""axe-core on a page: no serious or critical violation.

``check(page)`` fails with one line a violation: its rule, what it asks for, and the first places. axe comes from npm
(a development package, never served); the driver evaluates it in the page, so the page's policy stays as it is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

SCRIPT = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
# What fades in has its colours at the end of it; what never ends is looked at as it is.
STILL = """() => Promise.race([
    Promise.allSettled(document.getAnimations()
        .filter(each => Number.isFinite(each.effect?.getComputedTiming().endTime)).map(each => each.finished)),
    new Promise(resolve => setTimeout(resolve, 3000)),
])"""
RUN = """async options => {
    const found = await axe.run(document, { resultTypes: ["violations"], ...options });
    return found.violations.map(each => ({
        rule: each.id, impact: each.impact, help: each.help,
        places: each.nodes.map(node => node.target.join(" ")), told: each.nodes[0]?.failureSummary ?? "",
    }));
}"""


@cache
def _script() -> str:
    return SCRIPT.read_text("utf-8")


def violations(page: Page, **options: Any) -> list[dict[str, Any]]:
    """Everything serious or critical that axe finds on the page as it stands; ``options`` are those of ``axe.run``."""
    page.evaluate(STILL)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_script())
    found: list[dict[str, Any]] = page.evaluate(RUN, options)
    return [each for each in found if each["impact"] in GRAVE]


def check(page: Page, what: str = "", **options: Any) -> None:
    """Fail with what axe finds; ``what`` says which page, theme or state this is."""
    found = violations(page, **options)
    assert not found, "\n".join(told(each, what or page.url) for each in found)


def told(violation: dict[str, Any], where: str) -> str:
    """One violation as a line to read."""
    shown = ", ".join(violation["places"][:3])
    return f"{where}: {violation['rule']} ({violation['impact']}) {violation['help']} — {shown} — {violation['told']}"


def dark(page: Page) -> None:
    """Look at the page by night."""
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
