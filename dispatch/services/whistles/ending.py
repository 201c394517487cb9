"""How a whistle ends: settled, unsolved, cancelled, or raised to a leader of the district."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch.errors import NotAllowed, WhistleMoved
from dispatch.models import Whistle
from dispatch.rules.whistles import UNDER_WAY, Move, WhistleKind, WhistleState
from dispatch.selectors.whistles import rough_place_of
from dispatch.services.documents import clean_text
from dispatch.services.telling import send_notice
from dispatch.services.whistles.holding import address_of, held, record, tell
from dispatch.services.whistles.raising import Spot, written
from grids.ground import ground
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

# Until a leader is named and the time with them, a raised whistle asks for one within this.
LEADER_WITHIN = dt.timedelta(hours=4)


@transaction.atomic
def settle_whistle(*, whistle_id: int, solved: bool, outcome: str, by: Actor) -> Whistle:
    """End it with what came of it. Raises NotVisible, WhistleMoved, NotAllowed, Invalid.

    Nothing is solved on the spot where nobody was: WhistleMoved with the code ``nobody_arrived``.
    """
    whistle = held(whistle_id, by, Move.SETTLE)
    if solved and not whistle.summonses.filter(arrived_at__isnull=False).exists():
        said = _(
            "还没有人到场，不能办结为现场已解决：请先确认到场；不需要到场的，写明理由取消吹哨；没有解决的，选“未能解决”"
        )
        raise WhistleMoved(said, code="nobody_arrived")
    text = clean_text("outcome", outcome, _("请写明现场处理的结果"))
    return ended(whistle, WhistleState.SETTLED if solved else WhistleState.UNSOLVED, text, by)


@transaction.atomic
def cancel_whistle(*, whistle_id: int, reason: str, by: Actor) -> Whistle:
    """Take it back; nobody needs to come any more. Raises as ``settle_whistle``."""
    whistle = held(whistle_id, by, Move.CANCEL)
    return ended(whistle, WhistleState.CANCELLED, clean_text("reason", reason, _("请写明取消的理由")), by)


@transaction.atomic
def raise_up(*, whistle_id: int, reason: str, by: Actor) -> Whistle:
    """Ask for a leader of the district at the place, once; return the new whistle. The command centre sends one.

    Raises NotVisible, WhistleMoved, NotAllowed, Invalid.
    """
    whistle = held(whistle_id, by, Move.RAISE_UP)
    if whistle.kind != WhistleKind.COMMUNITY:
        raise WhistleMoved(_("只有社区吹哨可以提请区领导到场"), code="not_raisable")
    if by.user_id is None:
        raise NotAllowed
    text = clean_text("reason", reason, _("请写明为什么现场解决不了"))
    ended(whistle, WhistleState.RAISED_UP, text, by)
    spot = Spot(
        whistle.district_id, whistle.street_id, whistle.community_id, whistle.lon, whistle.lat, whistle.address,
        whistle.matter,
    )  # fmt: skip
    above = written(
        spot, kind=WhistleKind.LEADER, order=whistle.order, raised_from=whistle, unit_id=whistle.unit_id,
        raised_by_id=by.user_id, due_at=clock.now() + LEADER_WITHIN, note=text,
    )  # fmt: skip
    send_notice(
        key=f"whistle:{above.pk}:raised",
        kind="whistle_raised",
        gravity="critical",
        facts={"place": rough_place_of(above)},
        units=[ground().command_center_id(above.district_id)],
        url=address_of(above),
    )
    record(above, "whistled", by, {"units": 0, "people": 1, "leader": True}, text)
    return above


def ended(whistle: Whistle, state: WhistleState, text: str, by: Actor) -> Whistle:
    """The whistle under its lock gets its end; those who were called or asked are told, unless it was over before."""
    was_under_way = whistle.state in UNDER_WAY
    whistle.state, whistle.outcome = state, text
    whistle.ended_at, whistle.ended_by_id = clock.now(), by.user_id
    whistle.save()
    rows = list(whistle.summonses.all())
    whistle.summonses.filter(next_at__isnull=False).update(next_at=None)
    if was_under_way:
        awaited = whistle.kind == WhistleKind.LEADER and not rows
        asked = [ground().command_center_id(whistle.district_id)] if awaited else []
        tell(whistle, rows, "ended", "whistle_ended", "info", units=asked, number=whistle.number)
    return whistle
