"""What the pages of whistles show: lines of the list, one whistle with who comes, the form of a new one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dispatch.models import Summons, Whistle
from dispatch.permissions import answers_for_whistle, is_summoned
from dispatch.rules.whistles import ESTIMATES, UNDER_WAY, How, Move, WhistleKind, WhistleState, allows
from dispatch.selectors.whistles import Callable, leaders_of, place_of, units_to_call, workers_to_call
from dispatch.services.whistles.raising import spot_of
from grids.ground import Place, ground
from grids.models import Unit
from lianqin.kernel.actors import DISTRICT, Actor, token
from lianqin.kernel.numbers import whole
from workorders.models import WorkOrder
from workorders.pages.tags import Tag, Text, Tone

MOMENT = "%Y-%m-%dT%H:%M"
USUAL = dt.timedelta(hours=1)
TONES: Mapping[str, Tone] = {
    WhistleState.RAISED: "primary",
    WhistleState.ANSWERED: "primary",
    WhistleState.SETTLED: "ok",
    WhistleState.UNSOLVED: "warn",
    WhistleState.RAISED_UP: "warn",
    WhistleState.CANCELLED: "muted",
}


@dataclass(frozen=True, slots=True)
class Comer:
    """One who is summoned, in words, and what the one who looks may do about it."""

    summons: Summons
    name: str
    tag: Tag
    said: str
    mine: bool
    answers: bool
    arrives: bool
    confirms: bool
    leaves: bool
    excuses: bool
    accepts: bool


@dataclass(frozen=True, slots=True)
class Line:
    whistle: Whistle
    url: str
    place: str
    state: Tag
    came: int
    called: int
    late: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class One:
    """A whistle; the flags are what the one who looks may do."""

    whistle: Whistle
    place: str
    state: Tag
    comers: tuple[Comer, ...]
    under_way: bool
    late: bool
    settles: bool
    raises: bool
    cancels: bool
    leaders: Sequence[Callable] = ()
    estimates: Sequence[int] = ESTIMATES

    @property
    def mine(self) -> tuple[Comer, ...]:
        return tuple(each for each in self.comers if each.mine)


def line_of(whistle: Whistle, actor: Actor, now: dt.datetime) -> Line:
    rows = list(whistle.summonses.all())
    return Line(
        whistle=whistle,
        url=reverse("dispatch:whistle", args=[whistle.pk]),
        place=place_of(whistle, whistle.address),
        state=tag_of(whistle, rows),
        came=sum(1 for row in rows if row.arrived_at),
        called=len(rows),
        late=whistle.state in UNDER_WAY and whistle.due_at < now,
        mine=whistle.state in UNDER_WAY and any(is_summoned(actor, row) and not row.arrived_at for row in rows),
    )


def over_with_order(line: Line) -> Line:
    """Nobody comes any more to what is done: the clock ends the whistle at its next look."""
    if line.whistle.state not in UNDER_WAY or line.came:
        return line
    return replace(line, state=Tag(_("随工单结束"), "muted"), late=False, mine=False)


def tag_of(whistle: Whistle, rows: Sequence[Summons]) -> Tag:
    if whistle.kind == WhistleKind.LEADER and whistle.state in UNDER_WAY and not rows:
        return Tag(_("待区里派领导"), "warn")
    if whistle.state in UNDER_WAY and rows and all(row.arrived_at for row in rows):
        return Tag(_("全部到场"), "ok")
    return Tag(WhistleState(whistle.state).label, TONES[whistle.state])


def one_of(whistle: Whistle, actor: Actor, now: dt.datetime) -> One:
    """One query for the leaders, where one is to be chosen."""
    rows = list(whistle.summonses.all())
    owns = answers_for_whistle(actor, whistle)
    under_way = whistle.state in UNDER_WAY
    here = {token(DISTRICT, whistle.district_id)}
    sends = whistle.kind == WhistleKind.LEADER and under_way and not rows
    sends = sends and (actor.may("dispatch_orders", here) or actor.may("command_orders", here))
    return One(
        whistle=whistle,
        place=place_of(whistle, whistle.address),
        state=tag_of(whistle, rows),
        comers=tuple(comer_of(row, whistle, actor, owns=owns) for row in rows),
        under_way=under_way,
        late=under_way and whistle.due_at < now,
        settles=owns and allows(Move.SETTLE, whistle.state),
        raises=owns and allows(Move.RAISE_UP, whistle.state) and whistle.kind == WhistleKind.COMMUNITY,
        cancels=owns and allows(Move.CANCEL, whistle.state),
        leaders=leaders_of(whistle.district_id) if sends else (),
    )


def comer_of(row: Summons, whistle: Whistle, actor: Actor, *, owns: bool) -> Comer:
    mine = is_summoned(actor, row)
    waits = whistle.state in UNDER_WAY and row.arrived_at is None
    tag, said = _standing(row, waits)
    return Comer(
        summons=row,
        name=row.unit.short_name if row.unit else str(row.user),
        tag=tag,
        said=said,
        mine=mine,
        answers=mine and waits and row.acknowledged_at is None,
        arrives=mine and waits,
        confirms=owns and not mine and waits,
        leaves=mine and row.arrived_at is not None and row.left_at is None,
        excuses=mine and row.no_show_at is not None and row.arrived_at is None and row.excused_at is None,
        accepts=owns and not mine and bool(row.excuse) and row.excused_at is None,
    )


def _standing(row: Summons, waits: bool) -> tuple[Tag, str]:
    if row.arrived_at is not None:
        tag = Tag(_("迟到"), "warn") if row.arrived_at > row.due_at else Tag(_("已到场"), "ok")
        return tag, _came(row)
    if row.excused_at is not None:
        return Tag(_("未到，已说明")), row.excuse
    if row.no_show_at is not None:
        told = _("%s 记录未按时到场") % _hour(row.no_show_at)
        return Tag(_("未到场"), "critical"), f"{told}；{row.excuse}" if row.excuse else told
    if not waits:
        return Tag(_("不用再到")), ""
    if row.estimated_at is not None:
        return Tag(_("在路上"), "primary"), _("预计 %s 到") % _hour(row.estimated_at)
    return Tag(_("未回复"), "warn"), _("已催促一次") if row.recalled_at else ""


def _came(row: Summons) -> str:
    assert row.arrived_at is not None
    told = {"at": _hour(row.arrived_at), "distance": row.distance_m, "note": row.witness_note}
    if row.how == How.POSITION:
        said = _("%(at)s 到，定位距现场 %(distance)d 米") % told
    else:
        said = _("%(at)s 到，吹哨人现场确认：%(note)s") % told
    return said + (_("；%s 离开") % _hour(row.left_at) if row.left_at else "")


def _hour(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


@dataclass(frozen=True, slots=True)
class Form:
    """``given``: the fields as typed; ``faults``: by field."""

    given: Mapping[str, Any]
    order: WorkOrder | None
    units: Sequence[Unit]
    workers: Sequence[Callable]
    faults: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    message: Text = ""
    # Of an order, in words.
    where: str = ""
    kinds: Sequence[tuple[str, Text]] = ()
    # The shape that the common place field wants.
    place: Mapping[str, Any] = field(default_factory=dict)


def form_of(
    actor: Actor, given: Mapping[str, Any], order: WorkOrder | None, *, faults: Mapping[str, Any], message: Text = ""
) -> Form:
    """Two queries: whom one may call."""
    post = next((each for each in actor.posts if each.district_id), None)
    assert post is not None
    assert post.district_id is not None
    district_id, street_id, community_id = post.district_id, post.street_id, post.community_id
    place = None
    if order is not None:
        spot = spot_of(order)
        district_id, street_id, community_id = spot.district_id, spot.street_id, spot.community_id
        place = ground().locate(spot.lon, spot.lat)
    elif (here := _located(given)) is not None and here.district_id == district_id:
        # Whom one may call is a matter of the place, as in the service.
        place, street_id, community_id = here, here.street_id, here.community_id
    workers = workers_to_call(community_id, place) if community_id else []
    kinds: tuple[tuple[str, Text], ...] = ((WhistleKind.COMMUNITY.value, _("请单位到场（社区吹哨）")),)
    if workers:
        kinds += ((WhistleKind.RESIDENT.value, _("请网格员到场（居民吹哨）")),)
    asked = {"name": "place", "label": _("到场地点"), "required": True, "lon": given["lon"], "lat": given["lat"]}
    where = place_of(order, order.text.address) if order is not None else ""
    units = tuple(units_to_call(district_id, street_id))
    return Form(given, order, units, workers, faults, message, where, kinds, asked)


def _located(given: Mapping[str, Any]) -> Place | None:
    lon, lat = _number(given["lon"]), _number(given["lat"])
    return ground().locate(lon, lat) if lon is not None and lat is not None else None


def of_post(posted: QueryDict, now: dt.datetime) -> dict[str, Any]:
    """The fields as typed, to show again; what is not given is filled in."""
    usual = timezone.localtime(now + USUAL).strftime(MOMENT)
    plain = {name: posted.get(name, "") for name in ("order", "matter", "address", "note", "lon", "lat")}
    lists = {name: posted.getlist(name) for name in ("units", "people")}
    kind = posted.get("kind", WhistleKind.COMMUNITY)
    return {**plain, **lists, "kind": kind, "due_at": posted.get("due_at", usual)}


def asked_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the service wants them; a moment that is none is one long past, for the service to refuse."""
    resident = given["kind"] == WhistleKind.RESIDENT
    return {
        "kind": given["kind"],
        "order_number": given["order"],
        "due_at": moment_of(given["due_at"]),
        "lon": _number(given["lon"]),
        "lat": _number(given["lat"]),
        "units": [] if resident else given["units"],
        "people": [pk for each in given["people"] if (pk := whole(each)) is not None],
        **{name: given[name] for name in ("matter", "address", "note")},
    }


def moment_of(text: str) -> dt.datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        return dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    return found if found.tzinfo else timezone.make_aware(found)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
