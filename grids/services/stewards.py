"""The one door through which the file of a building steward moves, and the clock that ends public notices."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from accounts.services import audit
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM, Actor, ActorKind
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotVisible

from ..errors import RecruitmentShut, StewardMoveNotAllowed, StewardPlacesTaken
from ..models import Building, Community, Objection, PublicNotice, Recruitment, Steward, StewardEvent
from ..permissions import Action, can
from ..selectors.stewards import places_of, policy_of, stewards_taking_places
from ..states import By, Step, StewardState, step_for
from .posts import today
from .steward_needs import EFFECTS, NEEDS, StepData

PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")
YOUNGEST, OLDEST = 18, 75
MOST_ON_A_NOTICE = 200
HANDFUL = 500


@transaction.atomic
def open_recruitment(
    *, by: Actor, community: Community, title: str, places: int, opens_on: dt.date, closes_on: dt.date, text: str = ""
) -> Recruitment:
    """Call for stewards, for no more places than the community has free. Raise Invalid, StewardPlacesTaken."""
    _allow(by)
    wrong: dict[str, list[str]] = {}
    if not title.strip():
        wrong["title"] = [_("请填写标题")]
    if places < 1:
        wrong["places"] = [_("至少 1 名")]
    if closes_on < opens_on:
        wrong["closes_on"] = [_("截止日期不能早于开始日期")]
    if wrong:
        raise Invalid(fields=wrong)
    locked = Community.objects.select_for_update(no_key=True).get(pk=community.pk)
    every, taken = places_of(locked), stewards_taking_places(locked)
    if taken + places > every:
        told = _("%(place)s名额 %(every)d 名，在岗与在办 %(taken)d 名，最多还可征集 %(free)d 名")
        shown = told % {"place": locked, "every": every, "taken": taken, "free": max(0, every - taken)}
        raise StewardPlacesTaken(fields={"places": [shown]}, places=every, taken=taken)
    call = Recruitment.objects.create(
        community=locked, title=title.strip(), places=places, opens_on=opens_on, closes_on=closes_on, text=text.strip(),
        created_by_id=by.user_id,
    )  # fmt: skip
    detail = {"community": locked.code, "places": places, "opens_on": str(opens_on), "closes_on": str(closes_on)}
    audit(actor_id=by.user_id, action="grids.recruitment_opened", object_label=call.title, detail=detail)
    return call


@transaction.atomic
def apply_as_steward(
    *,
    by: Actor,
    recruitment_id: int,
    name: str,
    phone: str,
    birth_year: int,
    building: Building | None = None,
    statement: str = "",
) -> Steward:
    """Open the file of an applicant. Raise NotVisible, NotAllowed, RecruitmentShut, Invalid, Conflict."""
    call = Recruitment.objects.select_related("community").filter(pk=recruitment_id).first()
    if call is None:
        raise NotVisible
    step = _step("apply", None)
    _allow(by)
    day = today()
    if not call.opens_on <= day <= call.closes_on:
        raise RecruitmentShut
    _check_person(name=name, phone=phone, birth_year=birth_year, day=day)
    if building is not None and building.community_id != call.community_id:
        raise Invalid(fields={"building": [_("这栋楼不在征集的社区内")]})
    community = Community.objects.select_for_update(no_key=True).get(pk=call.community_id)
    steward = Steward(
        number=_next_number(community), name=name.strip(), pinyin="".join(lazy_pinyin(name.strip())),
        phone=phone.strip(), birth_year=birth_year, community=community, building=building, recruitment=call,
        statement=statement.strip(), state=step.target, applied_on=day,
    )  # fmt: skip
    try:
        with transaction.atomic():
            steward.save()
    except IntegrityError as error:
        raise Conflict(_("此人已有一份在办或在岗的档案"), code="steward_already_on_file") from error
    _write_event(steward, step, by, "", {"recruitment": call.pk})
    _audit(steward, step, by, None)
    return steward


@transaction.atomic
def advance_steward(*, steward_id: int, action: str, by: Actor, data: StepData | None = None) -> Steward:
    """Take one step of the table. Raise NotVisible, StewardMoveNotAllowed, NotAllowed, and what the step needs."""
    steward = (
        Steward.objects.select_for_update(of=("self",))
        .select_related("community", "notice")
        .defer("community__boundary")
        .filter(pk=steward_id)
        .first()
    )
    if steward is None:
        raise NotVisible
    step = _step(action, steward.state)
    if step.by == By.CLOCK and by.kind != ActorKind.SYSTEM:
        raise NotAllowed
    _allow(by)
    told = data or StepData()
    for need in step.needs:
        NEEDS[need](steward, told)
    effect = EFFECTS.get(action)
    detail = effect(steward, told, by) if effect else {}
    before, steward.state = steward.state, step.target
    steward.save()
    _write_event(steward, step, by, told.reason.strip(), detail)
    _audit(steward, step, by, before)
    return steward


@transaction.atomic
def publish_notice(
    *, by: Actor, steward_ids: Sequence[int], title: str, days: int | None = None, contact: str = ""
) -> PublicNotice:
    """Show candidates to the public until midnight after ``days`` full days; the rule's days unless more are given."""
    _allow(by)
    wanted = sorted(set(steward_ids))
    if not 1 <= len(wanted) <= MOST_ON_A_NOTICE:
        raise Invalid(fields={"stewards": [_("请选择 1 至 %d 名候选人") % MOST_ON_A_NOTICE]})
    if not title.strip():
        raise Invalid(fields={"title": [_("请填写标题")]})
    first = Steward.objects.select_related("community__street").filter(pk=wanted[0]).first()
    if first is None:
        raise NotVisible
    least = policy_of(first.community).notice_days
    shown = least if days is None else days
    if not least <= shown <= 60:
        raise Invalid(fields={"days": [_("公示不少于 %d 天，不多于 60 天") % least]})
    now = clock.now()
    midnight = dt.datetime.combine(timezone.localdate(now) + dt.timedelta(days=shown + 1), dt.time())
    notice = PublicNotice.objects.create(
        title=title.strip(), days=shown, starts_at=now, ends_at=timezone.make_aware(midnight), contact=contact.strip(),
        published_by_id=by.user_id,
    )  # fmt: skip
    for pk in wanted:
        advance_steward(steward_id=pk, action="publish", by=by, data=StepData(notice=notice))
    detail = {"stewards": len(wanted), "days": shown, "ends_at": notice.ends_at.isoformat()}
    audit(actor_id=by.user_id, action="grids.notice_published", object_label=notice.title, detail=detail)
    return notice


def end_notices() -> int:
    """Let those go on whose notice is over and against whom nothing is open, once each; return how many."""
    waiting = Objection.objects.filter(steward=OuterRef("pk"), state=Objection.State.OPEN)
    due = Steward.objects.filter(state=StewardState.ON_NOTICE, notice__ends_at__lte=Now()).exclude(Exists(waiting))
    ended = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:HANDFUL]):
        try:
            advance_steward(steward_id=pk, action="end_notice", by=SYSTEM)
        except DomainError:
            continue  # Somebody else was faster: refused, withdrawn, or objected to in time.
        ended += 1
    PublicNotice.objects.filter(ended_at=None, ends_at__lte=Now()).update(ended_at=Now())
    return ended


@transaction.atomic
def reveal_phone(*, steward_id: int, by: Actor) -> str:
    """The whole telephone number of a steward; who looked is written to the audit log. Raise NotVisible, NotAllowed."""
    steward = Steward.objects.filter(pk=steward_id).first()
    if steward is None:
        raise NotVisible
    _allow(by)
    audit(actor_id=by.user_id, action="steward_phone_viewed", object_label=steward.number)
    return steward.phone


def _step(action: str, source: str | None) -> Step:
    step = step_for(action, source)
    if step is None:
        raise StewardMoveNotAllowed(state=source)
    return step


def _allow(by: Actor) -> None:
    if not can(by, Action.RUN_STEWARDS):
        raise NotAllowed


def _check_person(*, name: str, phone: str, birth_year: int, day: dt.date) -> None:
    wrong: dict[str, list[str]] = {}
    if not 2 <= len(name.strip()) <= 40:
        wrong["name"] = [_("请填写姓名")]
    if not PHONE.fullmatch(phone.strip()):
        wrong["phone"] = [_("请填写 11 位手机号，或带区号的固定电话")]
    if not YOUNGEST <= day.year - birth_year <= OLDEST:
        wrong["birth_year"] = [_("年龄应在 %(least)d 至 %(most)d 周岁") % {"least": YOUNGEST, "most": OLDEST}]
    if wrong:
        raise Invalid(fields=wrong)


def _next_number(community: Community) -> str:
    """The community's code and four digits. The community must be locked."""
    last = Steward.objects.filter(community=community).aggregate(last=Max("number"))["last"]
    serial = int(last.rpartition("-")[2]) + 1 if last else 1
    return f"{community.code}-{serial:04d}"


def _write_event(steward: Steward, step: Step, by: Actor, reason: str, detail: dict[str, Any]) -> None:
    last = StewardEvent.objects.filter(steward=steward).aggregate(last=Max("seq"))["last"] or 0
    StewardEvent.objects.create(
        steward=steward, seq=last + 1, action=step.action, state=step.target, user_id=by.user_id, reason=reason,
        detail=detail,
    )  # fmt: skip


def _audit(steward: Steward, step: Step, by: Actor, before: str | None) -> None:
    detail = {"before": before, "after": str(steward.state)}
    audit(actor_id=by.user_id, action=f"grids.steward_{step.action}", object_label=steward.number, detail=detail)
