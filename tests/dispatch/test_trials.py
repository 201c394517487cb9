"""Trials through the pages and the API, on orders that really went through the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Trial, TrialState
from dispatch.services.trials import left_alone, run_trial
from lianqin.kernel import clock
from tests.workorders.conftest import Desk
from workorders import services as orders
from workorders.models import Timer

Shift = Callable[[dt.timedelta], None]
MONTH = "%Y-%m"


def signed_in(desk: Desk, who: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def this_month() -> str:
    return clock.now().astimezone(dt.timezone(dt.timedelta(hours=8))).strftime(MONTH)


def asked(**changed: Any) -> dict[str, Any]:
    return {"name": "处置时限缩短", "since": this_month(), "until": this_month(), **changed}


@pytest.fixture
def month(desk: Desk, shift: Shift) -> str:
    """That of orders closed at once and an hour before their due, and of one that went up unregistered."""
    begun = this_month()
    desk.closed()
    slow = desk.handling()
    left = desk.report()
    # An hour before it is due, whatever day it is.
    assert slow.due_at is not None
    shift(slow.due_at - clock.now() - dt.timedelta(hours=1))
    slow = desk.do(slow, "submit_result", desk.cast.handler, result="已清理完毕")
    desk.do(slow, "verify", desk.cast.street_dispatcher)
    for _ in range(9):
        shift(dt.timedelta(days=1))
        orders.sweep()
    left.refresh_from_db()
    assert left.level == "district"
    return begun


def answer(client: Client, given: dict[str, Any]) -> Trial:
    response = client.post("/trials/new/", given)
    assert response.status_code == 302, response.content.decode()[:2000]
    trial = Trial.objects.get()
    assert response["Location"] == f"/trials/{trial.pk}/"
    run_trial(trial_id=trial.pk)
    trial.refresh_from_db()
    return trial


def test_the_same_limits_give_what_really_happened(desk: Desk, month: str) -> None:
    trial = answer(signed_in(desk, "district_dispatcher"), asked(share_resolve="101", since=month))

    assert trial.state == TrialState.DONE
    assert trial.result is not None
    whole = trial.result["whole"]
    assert (whole["orders"], whole["escalated"], whole["trial"]) == (3, 1, [1, 1, 1])
    assert trial.result["clocks"] == trial.result["agreeing"] > 3


def test_a_shorter_limit_sends_more_orders_up(desk: Desk, month: str) -> None:
    client = signed_in(desk, "district_dispatcher")
    # What took nearly all of its time does not fit into a tenth of it; what was done at once does.
    trial = answer(client, asked(share_resolve="10", since=month))

    assert trial.result is not None
    assert trial.result["whole"]["trial"] == [2, 2, 2]
    page = client.get(f"/trials/{trial.pk}/").content.decode()
    assert "处置时限调到现在的 10%" in page or "办结时限调到现在的 10%" in page
    assert "没有需要推测的时限" in page


def test_a_figure_of_too_few_says_so(desk: Desk, month: str) -> None:
    # The sweep was away for a day; here it fired when it was due.
    fired = Timer.objects.get(stage="accept", state="cancelled")
    fired.elapsed_seconds = fired.policy_snapshot["seconds"]
    fired.save(update_fields=["elapsed_seconds"])
    client = signed_in(desk, "district_dispatcher")
    trial = answer(client, asked(share_accept="200", since=month))
    page = client.get(f"/trials/{trial.pk}/").content.decode()
    assert "样本：3 件工单" in page
    assert "样本不足" in page
    assert "其中 1 个时限，同一环节走到后半程的不足 20 个，看不出办结速度" in page
    assert trial.result is not None
    assert (trial.result["guessed"], trial.result["unpaced"]) == (1, 1)
    # One that was kept before these were counted can still be read.
    for part in ("whole", "streets", "kinds", "stages"):
        rows = [trial.result[part]] if part == "whole" else trial.result[part]
        for row in rows:
            row.pop("unpaced", None), row.pop("clocks", None)
    trial.result.pop("unpaced")
    trial.save(update_fields=["result"])
    assert "样本：3 件工单" in client.get(f"/trials/{trial.pk}/").content.decode()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(desk: Desk) -> None:
    client = signed_in(desk, "commander")
    response = client.post("/trials/new/", asked(name="", share_accept="5", then_street="20:00-08:00"))
    page = response.content.decode()

    assert response.status_code == 400
    for sentence in ("请填写名称，例如", "请填 10 到 500 之间的整数", "时段写作 08:00-20:00"):
        assert sentence in page
    assert 'value="20:00-08:00"' in page
    assert not Trial.objects.exists()


def test_nothing_changed_is_nothing_to_try(desk: Desk) -> None:
    response = signed_in(desk, "commander").post("/trials/new/", asked())
    assert response.status_code == 400
    assert "请至少改变一处" in response.content.decode()


def test_who_does_not_answer_for_the_district_sees_no_trials(desk: Desk) -> None:
    for who in ("street_dispatcher", "handler", "auditadmin", "grid_worker"):
        assert signed_in(desk, who).get("/trials/").status_code == 403
        assert signed_in(desk, who).post("/trials/new/", asked(share_accept="50")).status_code == 403
    assert signed_in(desk, "sysadmin").get("/trials/").status_code == 200


def test_only_who_asked_may_stop_or_delete(desk: Desk) -> None:
    client = signed_in(desk, "district_dispatcher")
    client.post("/trials/new/", asked(share_accept="50"))
    trial = Trial.objects.get()
    assert signed_in(desk, "district_dispatcher2").post(f"/trials/{trial.pk}/", {"do": "stop"}).status_code == 403
    client.post(f"/trials/{trial.pk}/", {"do": "stop"})
    trial.refresh_from_db()

    assert trial.state == TrialState.STOPPED
    assert run_trial(trial_id=trial.pk) is None
    client.post(f"/trials/{trial.pk}/", {"do": "drop"})
    assert not Trial.objects.exists()


def test_a_fourth_waits_until_one_of_three_has_ended(desk: Desk) -> None:
    client = signed_in(desk, "commander")
    for _ in range(3):
        assert client.post("/trials/new/", asked(share_accept="50")).status_code == 302
    response = client.post("/trials/new/", asked(share_accept="50"))
    assert response.status_code == 409
    assert "已有三次推演在进行" in response.content.decode()


def test_what_a_dead_worker_left_is_begun_again_three_times(desk: Desk, shift: Shift) -> None:
    signed_in(desk, "commander").post("/trials/new/", asked(share_accept="50"))
    trial = Trial.objects.get()
    for attempt in range(1, 4):
        Trial.objects.update(state=TrialState.RUNNING, alive_at=clock.now(), attempts=attempt)
        assert left_alone() == []
        shift(dt.timedelta(minutes=2))
        assert left_alone() == [trial.pk]
    run_trial(trial_id=trial.pk)
    trial.refresh_from_db()

    assert trial.state == TrialState.FAILED
    assert trial.message == "推演三次都中断了，请缩短月份再试"


def test_through_the_api(desk: Desk, month: str) -> None:
    client = signed_in(desk, "commander")
    first = f"{month}-01"
    hours = {"street": {"now": [["00:00", "24:00"]], "then": [["08:00", "20:00"]]}}
    given = {"name": "夜间不值守", "since": first, "until": first, "hours": hours}
    made = client.post("/api/v1/trials/", given, content_type="application/json", headers={"X-CSRFToken": "x"})
    assert made.status_code == 202, made.content
    run_trial(trial_id=made.json()["id"])
    found = client.get(f"/api/v1/trials/{made.json()['id']}/").json()

    assert found["state"] == "done"
    assert found["result"]["whole"]["orders"] == 3
    assert found["result"]["whole"]["escalated"] == 1
