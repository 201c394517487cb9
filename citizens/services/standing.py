"""What a citizen is to a community: they ask, its workstation decides, either may end it."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import LIVE, Standing, StandingRole, StandingState
from citizens.rules.community import SHANGHAI
from citizens.selectors.community import all_communities, person, require_run
from citizens.services.telling import tell
from citizens.services.volunteers import forget_signups
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotVisible, WrongState

LONGEST_NOTE, LONGEST_REASON = 100, 200
LONGEST_TERM = dt.timedelta(days=3 * 366)
MOST_ASKED = 6


def ask_for_standing(*, user_id: int, community_id: int, role: str, note: str = "") -> Standing:
    """Ask to be a resident, a volunteer or an observer. Raises Invalid, Conflict for what one is or asked already."""
    faults: dict[str, list[str]] = {}
    if role not in StandingRole.values:
        faults["role"] = [_("请选择想做什么")]
    community = all_communities().filter(pk=community_id).first()
    if community is None:
        faults["community"] = [_("请选择社区")]
    note = note.strip()
    if role == StandingRole.RESIDENT and not note:
        faults["note"] = [_("请写住在哪个小区、哪幢楼，便于社区核实")]
    if len(note) > LONGEST_NOTE:
        faults["note"] = [_("最多 %(most)d 个字") % {"most": LONGEST_NOTE}]
    if faults:
        raise Invalid(fields=faults)
    if Standing.objects.filter(user_id=user_id, state=StandingState.ASKED).count() >= MOST_ASKED:
        raise Conflict(_("您有多项申请还在等待核实，请先等社区答复"))
    try:
        with transaction.atomic():
            return Standing.objects.create(
                user_id=user_id, community_id=community_id, role=role, note=note, asked_at=clock.now()
            )
    except IntegrityError as error:
        if role == StandingRole.RESIDENT:
            raise Conflict(_("您已经登记了一个社区；搬家后请先结束原来的登记")) from error
        raise Conflict(_("您已经申请过，请等社区核实")) from error


@transaction.atomic
def decide_standing(
    *, standing_id: int, confirm: bool, by: Actor, adult: bool = False, until: dt.date | None = None, reason: str = ""
) -> Standing:
    """Confirm or refuse. An observer needs the last day of the term, a refusal its reason.

    Raises NotVisible, WrongState, Invalid.
    """
    row = _locked(standing_id, by)
    if row.state != StandingState.ASKED:
        raise WrongState(_("这项申请已经处理"))
    now, reason = clock.now(), reason.strip()
    faults: dict[str, list[str]] = {}
    if confirm and row.role == StandingRole.OBSERVER:
        today = now.astimezone(SHANGHAI).date()
        if until is None or not today <= until <= today + LONGEST_TERM:
            faults["until"] = [_("请选择任期的最后一天，最长三年")]
    if not confirm and not reason:
        faults["reason"] = [_("请写明理由，申请人会看到")]
    if len(reason) > LONGEST_REASON:
        faults["reason"] = [_("最多 %(most)d 个字") % {"most": LONGEST_REASON}]
    if faults:
        raise Invalid(fields=faults)
    row.state = StandingState.CONFIRMED if confirm else StandingState.REFUSED
    row.adult, row.reason, row.note = confirm and adult, reason, ""
    row.until = until if confirm and row.role == StandingRole.OBSERVER else None
    row.decided_at, row.decided_by_id = now, by.user_id
    row.save()
    audit(actor_id=by.user_id, action=f"standing_{row.state}", object_label=f"standing:{row.pk}",
          detail={"community": row.community.code, "role": row.role})  # fmt: skip
    said = _("已通过") if confirm else _("未通过")
    tell(
        user_id=row.user_id, key=f"standing:{row.pk}",
        text=_("%(community)s：您申请%(role)s%(said)s，详情见“社区的事”。")
        % {"community": row.community, "role": row.get_role_display(), "said": said},
    )  # fmt: skip
    return row


@transaction.atomic
def end_standing(*, standing_id: int, by: Actor, reason: str = "") -> Standing:
    """End it: the person themselves, or the workstation with a reason. Raises NotVisible, WrongState, Invalid."""
    own = Standing.objects.filter(pk=standing_id, user_id=person(by)).exists()
    row = Standing.objects.select_for_update().get(pk=standing_id) if own else _locked(standing_id, by)
    if row.state not in LIVE:
        raise WrongState(_("这项登记已经结束"))
    reason = reason.strip()
    if not own and not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(fields={"reason": [_("请写明理由，不超过 200 字")]})
    _end(row, clock.now(), reason)
    if row.role == StandingRole.VOLUNTEER:
        forget_signups(row.user_id, row.community_id)
    audit(actor_id=by.user_id, action="standing_ended", object_label=f"standing:{row.pk}", detail={"own": own})
    return row


def end_terms() -> int:
    """End observers' terms whose last day is over; returns how many."""
    now = clock.now()
    over = Standing.objects.filter(
        role=StandingRole.OBSERVER, state=StandingState.CONFIRMED, until__lt=now.astimezone(SHANGHAI).date()
    )
    return over.update(state=StandingState.ENDED, ended_at=now)


def forget_standings(user_id: int) -> None:
    """What a citizen who leaves is to communities ends, with what they told of themselves."""
    for row in Standing.objects.select_for_update().filter(user_id=user_id, state__in=LIVE):
        _end(row, clock.now(), "")
    Standing.objects.filter(user_id=user_id).update(note="")


def _end(row: Standing, now: dt.datetime, reason: str) -> None:
    row.state, row.ended_at, row.reason, row.note = StandingState.ENDED, now, reason, ""
    row.save(update_fields=("state", "ended_at", "reason", "note"))


def _locked(standing_id: int, by: Actor) -> Standing:
    row = Standing.objects.select_for_update(of=("self",)).select_related("community").filter(pk=standing_id).first()
    if row is None:
        raise NotVisible
    require_run(by, row.community_id)
    return row
