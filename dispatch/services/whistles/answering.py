"""Those who are summoned answer, and arrive: proven at the place, or confirmed there by who whistled."""

from __future__ import annotations

import datetime as dt
import math

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch.errors import NotAllowed, NotVisible, SameHand, TooFar, WhistleMoved
from dispatch.models import Summons, Whistle
from dispatch.permissions import answers_for_whistle, is_summoned
from dispatch.rules.whistles import ROUGHEST_M, How, Move, WhistleState, reach_m
from dispatch.services.documents import clean_text
from dispatch.services.whistles.holding import held, record
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid
from workorders.services.duplicates import distance_m

LONGEST_WAY = 720  # Minutes.
SHORT = 200


@transaction.atomic
def acknowledge_summons(*, summons_id: int, minutes: int, by: Actor) -> Summons:
    """Say that one comes, in ``minutes``; again to correct it. Raises NotVisible, WhistleMoved, NotAllowed, Invalid."""
    whistle, summons = _mine(summons_id, by)
    _not_there_yet(summons)
    if not 1 <= minutes <= LONGEST_WAY:
        raise Invalid(fields={"minutes": [_("请填 1 到 720 分钟")]})
    now = clock.now()
    summons.estimated_at = now + dt.timedelta(minutes=minutes)
    summons.acknowledged_at = summons.acknowledged_at or now
    summons.acknowledged_by_id = summons.acknowledged_by_id or by.user_id
    summons.save()
    _answered(whistle)
    return summons


@transaction.atomic
def arrive(*, summons_id: int, lon: float, lat: float, accuracy_m: float, by: Actor) -> Summons:
    """Prove by the position that one is there. Raises NotVisible, WhistleMoved, NotAllowed, Invalid, TooFar."""
    whistle, summons = _mine(summons_id, by)
    _not_there_yet(summons)
    _check(lon, lat, accuracy_m)
    distance, reach = distance_m((lon, lat), (whistle.lon, whistle.lat)), reach_m(accuracy_m)
    if distance > reach:
        far = {"distance": distance, "reach": round(reach)}
        said = _("距到场地点还有 %(distance)d 米，%(reach)d 米以内才能报到。到了再点一次，或请吹哨人现场确认") % far
        raise TooFar(said, distance_m=far["distance"], reach_m=far["reach"])
    summons.distance_m, summons.accuracy_m, summons.how = distance, round(accuracy_m), How.POSITION
    summons.arrived_by_id = by.user_id
    return _arrived(whistle, summons, by)


@transaction.atomic
def confirm_arrival(*, summons_id: int, note: str, by: Actor) -> Summons:
    """The whistler, on site, confirms who came; never themselves. Raises as ``arrive``, and SameHand."""
    whistle, summons = _named(summons_id, by, Move.ANSWER)
    if not answers_for_whistle(by, whistle):
        raise NotAllowed
    if is_summoned(by, summons):
        raise SameHand(_("不能自己确认自己到场"))
    _not_there_yet(summons)
    summons.witness_note = _short("note", note, _("请写明谁到场，例如：张队长带 3 人"))
    summons.witness_id, summons.how, summons.arrived_by_id = by.user_id, How.WITNESS, summons.user_id
    return _arrived(whistle, summons, by)


@transaction.atomic
def leave_place(*, summons_id: int, by: Actor) -> Summons:
    """Note that one has left the place, once. Raises NotVisible, NotAllowed, WhistleMoved."""
    _whistle, summons = _named(summons_id, by, None)
    if not is_summoned(by, summons):
        raise NotAllowed
    if summons.arrived_at is None or summons.left_at is not None:
        raise WhistleMoved
    summons.left_at = clock.now()
    summons.save(update_fields=["left_at"])
    return summons


@transaction.atomic
def excuse_no_show(*, summons_id: int, excuse: str, by: Actor) -> Summons:
    """Say why one did not come. Raises NotVisible, NotAllowed, WhistleMoved, Invalid."""
    _whistle, summons = _named(summons_id, by, None)
    if not is_summoned(by, summons):
        raise NotAllowed
    if summons.no_show_at is None or summons.excused_at is not None:
        raise WhistleMoved
    summons.excuse = _short("excuse", excuse, _("请写明未到场的原因"))
    summons.save(update_fields=["excuse"])
    return summons


@transaction.atomic
def accept_excuse(*, summons_id: int, by: Actor) -> Summons:
    """Accept it, as the whistler's centre: it does not count against the unit. Raises as above, and SameHand."""
    whistle, summons = _named(summons_id, by, None)
    if not answers_for_whistle(by, whistle):
        raise NotAllowed
    if is_summoned(by, summons):
        raise SameHand
    if not summons.excuse or summons.excused_at is not None:
        raise WhistleMoved
    summons.excused_at, summons.excused_by_id = clock.now(), by.user_id
    summons.save(update_fields=["excused_at", "excused_by"])
    return summons


def _named(summons_id: int, by: Actor, move: Move | None) -> tuple[Whistle, Summons]:
    """The summons under the lock of its whistle; ``move`` None: whatever state the whistle is in."""
    whistle_id = Summons.objects.filter(pk=summons_id).values_list("whistle_id", flat=True).first()
    if whistle_id is None:
        raise NotVisible
    whistle = held(whistle_id, by, move, own=False)
    return whistle, Summons.objects.select_for_update(of=("self",)).get(pk=summons_id)


def _mine(summons_id: int, by: Actor) -> tuple[Whistle, Summons]:
    whistle, summons = _named(summons_id, by, Move.ANSWER)
    if not is_summoned(by, summons):
        raise NotAllowed
    return whistle, summons


def _not_there_yet(summons: Summons) -> None:
    if summons.arrived_at is not None:
        raise WhistleMoved(_("已经报到过了"), code="arrived_before")


def _check(lon: float, lat: float, accuracy_m: float) -> None:
    numbers = (lon, lat, accuracy_m)
    if not (all(math.isfinite(each) for each in numbers) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(fields={"position": [_("位置无效，请打开定位后再试")]})
    if not 0 <= accuracy_m <= ROUGHEST_M:
        said = _("定位误差超过 %d 米，不能证明到场。请到开阔处再试，或请吹哨人现场确认") % ROUGHEST_M
        raise Invalid(said, fields={"accuracy_m": [said]})


def _short(field: str, text: str, missing: str) -> str:
    cleaned = clean_text(field, text, missing)
    if len(cleaned) > SHORT:
        raise Invalid(fields={field: [_("最多 %d 字") % SHORT]})
    return cleaned


def _answered(whistle: Whistle) -> None:
    if whistle.state == WhistleState.RAISED:
        whistle.state = WhistleState.ANSWERED
        whistle.save(update_fields=["state"])


def _arrived(whistle: Whistle, summons: Summons, by: Actor) -> Summons:
    summons.arrived_at, summons.next_at = clock.now(), None
    summons.save()
    _answered(whistle)
    late = summons.arrived_at > summons.due_at
    record(whistle, "arrived", by, {"unit": summons.unit_id, "distance": summons.distance_m, "late": late})
    return summons
