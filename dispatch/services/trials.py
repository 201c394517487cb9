"""Trials: asked for by a person, answered by a worker from what the clocks of past orders say."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.services import audit
from catalogue.deadlines.choosing import Rule
from catalogue.models import DeadlineDraft
from catalogue.rules import Level
from dispatch.errors import NotAllowed, NotVisible, TrialTooMany, TrialUnderWay
from dispatch.models import UNDER_WAY, Trial, TrialState
from dispatch.permissions import may_try_out
from dispatch.rules.replaying import STAGES, as_json, replay
from dispatch.selectors.trial_clocks import COHORT, Question, clocks, count, duty_clock
from dispatch.signals import trial_wanted
from grids.models import Street
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Invalid

log = logging.getLogger(__name__)
MOST_MONTHS = 3
MOST_UNDER_WAY = 3
MOST_ATTEMPTS = 3
LEFT_ALONE = dt.timedelta(seconds=60)
LOWEST_SHARE, HIGHEST_SHARE = 10, 500  # Percent.


@transaction.atomic
def start_trial(
    *,
    name: str,
    since: dt.date,
    until: dt.date,
    shares: Mapping[str, int],
    hours: Mapping[str, Mapping[str, Any]],
    draft_id: int | None,
    by: Actor,
) -> Trial:
    """Ask what the orders of these months (their first days) would have met. Raise NotAllowed, Invalid, TrialTooMany.

    ``shares``: stage to percent; ``hours``: level to ``{"now": [["08:00", "20:00"]], "then": …}``.
    """
    if not may_try_out(by) or by.user_id is None:
        raise NotAllowed
    draft = DeadlineDraft.objects.filter(pk=draft_id).prefetch_related("changes").first() if draft_id else None
    faults = _faults(name, since, until, shares, hours)
    if draft_id and (draft is None or not draft.changes.all()):
        faults["draft"] = [_("没有这份时限草稿，或草稿里还没有调整")]
    if faults:
        raise Invalid(fields=faults)
    if not (shares or hours or draft):
        nothing = _("请至少改变一处：选一份时限草稿、调整时限比例或值守时段")
        raise Invalid(nothing, fields={"shares": [nothing]})
    if Trial.objects.filter(state__in=UNDER_WAY).count() >= MOST_UNDER_WAY:
        raise TrialTooMany
    trial = Trial.objects.create(
        name=name.strip(),
        since=since.replace(day=1),
        until=until.replace(day=1),
        shares=dict(shares),
        hours=dict(hours),
        draft=draft,
        changes=_written(draft),
        by_id=by.user_id,
    )
    audit(actor_id=by.user_id, action="dispatch.trial_started", object_label=f"Trial {trial.pk}", detail={"name": name})
    transaction.on_commit(lambda: trial_wanted.send(Trial, trial_id=trial.pk))
    return trial


def _faults(
    name: str, since: dt.date, until: dt.date, shares: Mapping[str, int], hours: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not name.strip():
        found["name"] = [_("请填写名称，例如：处置时限缩短到八成")]
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    if months < 1:
        found["until"] = [_("截止月不能早于起始月")]
    elif months > MOST_MONTHS:
        found["until"] = [_("一次最多推演 %d 个月") % MOST_MONTHS]
    elif until.replace(day=1) > clock.now().date():
        found["until"] = [_("截止月还没有到")]
    for stage, share in shares.items():
        if stage not in STAGES or not LOWEST_SHARE <= share <= HIGHEST_SHARE:
            found[f"share_{stage}"] = [
                _("请填 %(low)d 到 %(high)d 之间的整数") % {"low": LOWEST_SHARE, "high": HIGHEST_SHARE}
            ]
    for level, each in hours.items():
        fault = _bad_hours(level, each)
        if fault:
            found[f"hours_{level}"] = [fault]
    return found


def _bad_hours(level: str, given: Mapping[str, Any]) -> str:
    try:
        if level not in Level.values or set(given) != {"now", "then"}:
            raise ValueError
        for slots in given.values():
            duty_clock(slots)
    except (ValueError, TypeError):
        return _("时段写作 08:00-20:00，多段用逗号隔开，从早到晚，不能重叠；全天是 00:00-24:00")
    return ""


def _written(draft: DeadlineDraft | None) -> list[dict[str, Any]]:
    """The lines as they are now: the draft may be changed, or taken into force, before anybody looks."""
    if draft is None:
        return []
    columns = (
        "stage",
        "category_id",
        "deadline_class",
        "source",
        "urgency",
        "level",
        "amount",
        "unit",
        "around_the_clock",
    )
    lines = draft.changes.all()
    return [
        {**{name: getattr(each, name) for name in columns}, "around_the_clock": each.around_the_clock} for each in lines
    ]


@transaction.atomic
def stop_trial(*, trial_id: int, by: Actor) -> Trial:
    """Give up a trial that is under way. Raise NotVisible, NotAllowed, TrialUnderWay when it is over."""
    trial = _mine(trial_id, by)
    if trial.state not in UNDER_WAY:
        raise TrialUnderWay(_("推演已经结束"))
    Trial.objects.filter(pk=trial.pk).update(state=TrialState.STOPPED, finished_at=Now())
    trial.refresh_from_db()
    return trial


@transaction.atomic
def drop_trial(*, trial_id: int, by: Actor) -> None:
    """Delete a trial that is over. Raise NotVisible, NotAllowed, TrialUnderWay."""
    trial = _mine(trial_id, by)
    if trial.state in UNDER_WAY:
        raise TrialUnderWay
    audit(
        actor_id=by.user_id,
        action="dispatch.trial_dropped",
        object_label=f"Trial {trial.pk}",
        detail={"name": trial.name},
    )
    trial.delete()


def _mine(trial_id: int, by: Actor) -> Trial:
    if not may_try_out(by):
        raise NotAllowed
    trial = Trial.objects.select_for_update().filter(pk=trial_id).first()
    if trial is None:
        raise NotVisible
    if trial.by_id != by.user_id:
        raise NotAllowed(_("只有发起人可以停止或删除这次推演"))
    return trial


def run_trial(*, trial_id: int) -> Trial | None:
    """Answer a trial; None if another worker is at it or nobody asks any more. Reads only, until the answer."""
    mine = Q(state=TrialState.QUEUED) | Q(state=TrialState.RUNNING, alive_at__lt=Now() - LEFT_ALONE)
    taken = Trial.objects.filter(mine, pk=trial_id).update(
        state=TrialState.RUNNING, alive_at=Now(), attempts=F("attempts") + 1, done=0
    )
    if not taken:
        return None
    trial = Trial.objects.get(pk=trial_id)
    if trial.attempts > MOST_ATTEMPTS:
        return _end(trial, TrialState.FAILED, message=_("推演三次都中断了，请缩短月份再试"))
    try:
        return _end(trial, TrialState.DONE, result=_answer(trial))
    except _Stopped:
        return None
    except SoftTimeLimitExceeded:
        return _end(trial, TrialState.FAILED, message=_("推演超过 30 分钟，已停止；请缩短月份再试"))
    except Exception:
        log.exception("trial %s failed", trial_id)
        return _end(trial, TrialState.FAILED, message=_("推演没有成功，已记录原因，请联系系统管理员"))


class _Stopped(Exception):
    """Somebody gave the trial up."""


def _answer(trial: Trial) -> dict[str, Any]:
    first, after = _ids(trial.since), _ids((trial.until + dt.timedelta(days=31)).replace(day=1))
    question = question_of(trial)
    Trial.objects.filter(pk=trial.pk).update(total=count(first, after))

    def told(read: int) -> None:
        alive = Trial.objects.filter(pk=trial.pk, state=TrialState.RUNNING).update(done=read, alive_at=Now())
        if not alive:
            raise _Stopped

    found = [each for order in clocks(question, first, after, None, told) for each in order]
    return as_json(replay(found), dict(Street.objects.values_list("pk", "short_name")))


def _ids(month: dt.date) -> int:
    return (month.year * 100 + month.month) * COHORT


def question_of(trial: Trial) -> Question:
    """What a trial changes, from what was written down when it was asked for."""
    rules: tuple[list[Rule], list[Rule]] = ([], [])
    for place, line in enumerate(trial.changes):
        given = {**line, "amount": line["amount"] or 0}
        rule = Rule(pk=-place - 1, valid_from=dt.date(2000, 1, 1), valid_to=None, **given)
        rules[line["amount"] is None].append(rule)
    return Question(tuple(rules[0]), tuple(rules[1]), trial.shares, trial.hours)


def _end(trial: Trial, state: TrialState, **facts: Any) -> Trial:
    rows = Trial.objects.filter(pk=trial.pk, state=TrialState.RUNNING)
    rows.update(state=state, finished_at=Now(), done=F("total"), **facts)
    trial.refresh_from_db()
    return trial


def left_alone() -> list[int]:
    """Trials that nobody works on: their worker died, or nobody could be woken."""
    waiting = Q(state=TrialState.QUEUED, created_at__lt=Now() - LEFT_ALONE)
    lost = Q(state=TrialState.RUNNING, alive_at__lt=Now() - LEFT_ALONE)
    return list(Trial.objects.filter(waiting | lost).order_by("pk").values_list("pk", flat=True))
