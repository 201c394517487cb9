"""Every grid with every matter at both levels: who would get the order, and is anybody there?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.rules import Level
from catalogue.selectors.lists import Book, book
from catalogue.selectors.responsible import Answer, Spot, decide
from configuration.selectors.preflight.found import CRITICAL, Hole, hole, link_of
from grids.ground import in_force
from grids.models import Grid, Role, Street
from grids.selectors import memberships_in_force


@dataclass(frozen=True, slots=True)
class Proof:
    """``pairs`` is how many (grid, matter, level) were asked; ``open_pairs`` how many have nobody who could act.

    ``leads``: (street, or None for the district; lead, or None) -> how many (grid, matter).
    """

    pairs: int
    open_pairs: int
    holes: tuple[Hole, ...]
    leads: Mapping[tuple[int | None, int | None], int] = field(default_factory=dict)
    staffed: frozenset[int] = frozenset()


def prove() -> Proof:
    """Ask for every grid in force, drawn or not, every active matter and both levels. Four queries, no more.

    What decides is the same for all grids of one kind in one community, so each such spot is asked once and counts for
    all of its grids; tests compare this with asking each by itself.
    """
    known, staffed = book(), staffed_units()
    lines = known.lines_of(known.version_on(known.today))
    matters = [each for each in known.categories.values() if each.level == 2 and each.active]
    spots = _spots()
    streets = dict(Street.objects.values_list("pk", "short_name"))
    causes: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    leads: Counter[tuple[int | None, int | None]] = Counter()
    for spot, grids in spots.items():
        for category in matters:
            for level in Level.values:
                answer = decide(known, lines, None, category=category, spot=spot, level=level)
                street_id = spot.street_id if answer.level == Level.STREET else None
                leads[street_id, answer.lead.pk if answer.lead else None] += grids
                cause = _cause(answer, category, spot, staffed)
                if cause is not None:
                    causes[cause][f"{streets.get(spot.street_id or 0, '')} · {category.name}"] += grids
    found = tuple(sorted(_holes(known, causes, streets), key=lambda each: -each.count))
    return Proof(
        pairs=sum(spots.values()) * len(matters) * len(Level.values),
        open_pairs=sum(sum(counter.values()) for counter in causes.values()),
        holes=found,
        leads=leads,
        staffed=staffed,
    )


def staffed_units() -> frozenset[int]:
    """Departments in which somebody who handles orders is in office today and can sign in. One query."""
    held = memberships_in_force().filter(role=Role.DEPARTMENT_HANDLER, user__is_active=True, unit__isnull=False)
    # Without a usable password nobody signs in.
    held = held.exclude(user__password__startswith="!").exclude(user__password="")
    return frozenset(pk for pk in held.values_list("unit_id", flat=True).distinct() if pk is not None)


def _spots() -> Counter[Spot]:
    found: Counter[Spot] = Counter()
    columns = ("community__street__district_id", "community__street_id", "community_id", "kind")
    for district_id, street_id, community_id, kind in Grid.objects.filter(in_force()).values_list(*columns):
        found[Spot(district_id, street_id, community_id, None, kind)] += 1
    return found


def _cause(answer: Answer, category: Category, spot: Spot, staffed: frozenset[int]) -> tuple[str, ...] | None:
    """Why nobody could act; None if somebody can. What is vertically managed goes past the street at once."""
    lead = answer.lead
    if lead is not None:
        return None if lead.pk in staffed else ("empty", lead.code)
    if category.vertical and answer.level == Level.STREET:
        return None
    if answer.passed:
        return ("unresolved", answer.level, answer.passed[-1].number, str(spot.street_id or ""))
    return ("nobody", answer.level, answer.why_nobody, str(spot.street_id or ""))


def _holes(known: Book, causes: dict[tuple[str, ...], Counter[str]], streets: dict[int, str]) -> Iterator[Hole]:
    unit = _("个网格×事项")
    for (kind, *told), counter in causes.items():
        key = ":".join((kind, *told))[:120]
        total = sum(counter.values())
        names = [name for name, _count in counter.most_common()]
        if kind == "empty":
            facts = known.unit_codes[told[0]]
            title = _("%s 没有能登录的在岗处置人员") % facts.short_name
            link, remedy = link_of("unit", facts.code), _("任命处置人员并发放账号")
        elif kind == "unresolved":
            level, number, street = told
            title = _("权责条目 %(number)s 在%(place)s找不到牵头单位") % {
                "number": number,
                "place": _place(level, street, streets),
            }
            link, remedy = link_of("responsibilities", query={"q": number}), _("在权责清单中改写牵头单位，或设立该单位")
        else:
            level, why, street = told
            title = _("%(place)s：%(why)s") % {"place": _place(level, street, streets), "why": why}
            link, remedy = link_of("responsibilities"), _("在权责清单中写明牵头单位，或设立该单位")
        yield hole(key, CRITICAL, title, names, unit, link=link, remedy=remedy, count=total)


def _place(level: str, street_id: str, streets: dict[int, str]) -> str:
    if level == Level.DISTRICT or not street_id:
        return _("区级")
    return streets.get(int(street_id), "")
