"""What every write of the API asks of the database, all of it: who sends it, its key, its work, its answer.

The figures count every statement, savepoints, too; what is ``SAVEPOINT`` and ``RELEASE`` around all of it here is
``BEGIN`` and ``COMMIT`` in a real request. Everything that a process keeps is warm, as it is in one that runs.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from PIL import Image
from rest_framework.test import APIClient
from rest_framework.views import APIView

from catalogue import revisions
from citizens.services import reading
from dispatch.models import Notice, SupervisionOrder
from grids import ground
from tests.cast import PASSWORD
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk
from tests.workorders.prototypes import Prototypes, inputs, undone
from workorders.models import Event, WorkOrder

__all__ = ["_nothing_remembered", "categories", "desk"]

# action | level and status of the order | who | statements
ACTIONS = """
claim                | street reported     | community_officer    | 15
assign_worker        | street reported     | community_officer    | 18
pass_up              | street reported     | community_officer    | 15
place                | street reported     | district_dispatcher  | 15
relocate             | street reported     | street_dispatcher    | 15
register             | street reported     | street_dispatcher    | 16
register_to_district | street reported     | street_dispatcher    | 16
decline              | street reported     | street_dispatcher    | 15
contest              | street declined     | citizen              | 15
handle_on_site       | street reported     | grid_worker          | 16
reclassify           | street registered   | street_dispatcher    | 15
merge                | street registered   | street_dispatcher    | 24
dispatch             | street registered   | street_dispatcher    | 17
adjust               | street dispatched   | street_dispatcher    | 16
acknowledge          | street dispatched   | handler              | 15
return_assignment    | street dispatched   | handler              | 16
contest_return       | street registered   | street_dispatcher2   | 15
arbitrate            | street registered   | district_dispatcher  | 18
submit_result        | street handling     | handler              | 17
override             | street handling     | street_dispatcher    | 15
verify               | street submitted    | street_dispatcher2   | 16
rework               | street submitted    | street_dispatcher2   | 16
escalate             | street registered   | street_dispatcher    | 16
hand_down            | district registered | district_dispatcher2 | 16
extend               | street handling     | street_dispatcher    | 15
shelve               | street registered   | street_dispatcher    | 15
resume               | street shelved      | street_dispatcher    | 16
void                 | street registered   | street_dispatcher    | 15
withdraw             | street reported     | citizen              | 15
reopen               | street closed       | street_supervisor    | 16
callback             | street closed       | street_dispatcher    | 15
comment              | street registered   | street_dispatcher    | 15
"""
# What a district is set up with, and what is written about its people who need attention: done by few, and seldom.
SELDOM = ("setup-", "admission", "attention")
# Why it is seldom, and what; one by one, as a wildcard would hide what is done every minute.
SELDOM_OF_DISPATCH = {
    "a channel and its words are set up once": """
        POST channels | PATCH channel | PUT channel-secrets | POST channel-tests
        PUT message-template | DELETE message-template
    """,
    "a call to who reported, with a reason to be written": "POST work-order-reveal-contact",
    "by hand, where a message could not be delivered": "POST message-discard | POST message-resend",
    "a person's own settings": """
        PUT notice-preferences
        POST saved-filters | PATCH saved-filter | DELETE saved-filter | POST saved-filters-arrange
    """,
    "a centre writes a few a week": """
        POST announcements | PUT announcement | DELETE announcement
        POST announcement-remind | POST announcement-withdraw
    """,
    "a roster is planned once a week": """
        POST shifts | DELETE shift | POST shifts-copy | POST shifts-fill | POST shifts-publish | PUT unit-hours
    """,
    "an exception of a duty that is planned": """
        POST leaves | DELETE leave | POST swap-decide | POST swap-withdraw | POST watch-leave | POST duty-phone
    """,
    "once a whistle at most": """
        POST whistle-cancel | POST whistle-leader | POST whistle-raise-up | POST whistle-settle
        POST summons-accept-excuse | POST summons-excuse | POST summons-leave
    """,
    "once a document at most, of the few orders that are supervised": """
        POST supervision-order-accountability | POST supervision-order-appeal | POST supervision-order-close
        POST supervision-order-decide | POST supervision-order-issue | POST supervision-order-judge
        POST supervision-order-remind | POST supervision-order-review
    """,
    "a few trials a month": "POST trial-stop | DELETE trial",
}
PARTS = {"acknowledge": 15, "return": 16, "submit_result": 15, "override": 15}
REQUESTS = {"approve": 16, "refuse": 16}
OTHERS = {
    "POST token": 6,
    "DELETE token": 5,
    "POST stream-ticket": 3,
    "POST work-orders": 15,
    "POST work-order-batch-verify": 22,
    "POST work-order-batch-dispatch": 24,
    "POST work-order-register-and-dispatch": 26,
    "POST work-order-attachments": 20,
    "POST notices-read": 9,
    "POST notice-read": 12,
    "POST supervision-order-acknowledge": 14,
    # Asked while somebody types: all of it is kept in the process.
    "POST citizen-reading-suggest": 0,
}
# Of whistles, duty, announcements, supervision and trials: test_statements_of_duty_writes.py.
DUTY = {
    "POST whistles": 34,
    "POST summons-acknowledge": 20,
    "POST summons-arrive": 24,
    "POST summons-confirm": 24,
    "POST positions": 10,
    "DELETE positions": 3,
    "POST shift-watches": 32,
    "POST watch-take-up": 12,
    "DELETE watch": 31,
    "POST swaps": 33,
    "POST swap-answer": 26,
    "POST handover-write": 24,
    "POST handover-sign": 18,
    "POST announcement-confirm": 13,
    "POST announcement-publish": 25,
    "POST supervision-order-reply": 23,
    "POST trials": 14,
}
LINES = [[part.strip() for part in line.split("|")] for line in ACTIONS.strip().splitlines()]
JPEG = io.BytesIO()
Image.new("RGB", (64, 32), "red").save(JPEG, "JPEG")


@pytest.fixture
def door(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The cast at the API, in a process that does not look whether ground or catalogue have changed meanwhile."""
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(revisions, "CHECK_SECONDS", 3600.0)
    ground.ground()
    return Door(desk.cast)


def statements(send: Callable[..., Any], address: str, data: Any = None, status: int = 200, **how: Any) -> int:
    """What a request costs the second time; neither time leaves anything behind."""
    for key in ("warm", "measured"):
        with undone(), CaptureQueriesContext(connection) as asked:
            answer = send(address, data, headers={"Idempotency-Key": key}, **how)
            assert answer.status_code == status, (address, answer.content.decode())
    return len(asked)


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, type[APIView]]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from views(each.url_patterns)
        elif issubclass(getattr(each.callback, "cls", object), APIView):
            yield str(each.name), each.callback.cls  # type: ignore[attr-defined]


def test_every_write_has_its_figure() -> None:
    writes = {
        f"{method.upper()} {name}"
        for name, view in views(get_resolver().url_patterns)
        for method in ("post", "put", "patch", "delete")
        if hasattr(view, method) and not name.startswith(SELDOM)
    }
    assert writes == {
        *(f"POST work-order-{action}" for action, *_ in LINES),
        *(f"POST assignment-{word}" for word in PARTS),
        *(f"POST request-{word}" for word in REQUESTS),
        *OTHERS,
        *DUTY,
        *(write for writes in SELDOM_OF_DISPATCH.values() for write in re.findall(r"[A-Z]+ [a-z-]+", writes)),
    }


def test_actions(desk: Desk, door: Door) -> None:
    prototypes = {level: Prototypes(desk, level) for level in ("street", "district")}
    found = {}
    for action, state, who, _figure in LINES:
        level, status = state.split()
        order, _seers = prototypes[level].of(action, status)
        data = inputs(action, order, prototypes[level])
        if who == "citizen":
            # Citizens follow their reports on the public site; here somebody without a post has typed it in.
            who = "outsider"
            WorkOrder.objects.filter(pk=order.pk).update(reporter_id=desk.cast.outsider.user_id)
        found[action] = statements(getattr(door, who).post, url(order.number, action), data)
    assert found == {action: int(figure) for action, _state, _who, figure in LINES}


def test_parts(desk: Desk, door: Door) -> None:
    dispatched, handling = desk.dispatched(), desk.handling(desk.ground.market_squad.code)
    lead, assist = handling.assignments.order_by("pk")
    parts = {
        "acknowledge": (door.handler, dispatched, dispatched.assignments.get(), {}),
        "return": (door.handler, dispatched, dispatched.assignments.get(), {"reason": "不属本单位"}),
        "submit_result": (door.handler, handling, lead, {"result": "已清理"}),
        "override": (door.street_dispatcher, handling, assist, {"reason": "不再需要"}),
    }
    found = {
        word: statements(client.post, url(order.number, "assignments", part.pk, word), data)
        for word, (client, order, part, data) in parts.items()
    }
    assert found == PARTS


def test_requests(desk: Desk, door: Door) -> None:
    order = desk.report()
    desk.do(order, "decline", desk.cast.street_dispatcher, reason="不属于本平台")
    address = url(order.number, "requests", order.requests.get().pk)
    found = {
        word: statements(door.street_dispatcher2.post, f"{address}{word}/", {"answer": "同意"}) for word in REQUESTS
    }
    assert found == REQUESTS


def on_site(desk: Desk) -> list[WorkOrder]:
    made = [desk.report(source="grid_worker", by=desk.cast.grid_worker) for _ in range(2)]
    for order in made:
        desk.do(order, "handle_on_site", desk.cast.grid_worker, result="已劝离")
    WorkOrder.objects.filter(pk__in=[order.pk for order in made]).update(holder=desk.ground.workstation)
    return made


def supervised(desk: Desk, order: WorkOrder) -> SupervisionOrder:
    event = Event.objects.filter(order=order).latest("seq")
    return SupervisionOrder.objects.create(
        number="DB-1", order=order, generation=0, tier=1, level="street", unit=desk.ground.sub_center, stage="accept",
        reason="not_accepted", event=event, raised_at=event.at, district=desk.ground.district, year=2026, serial=1,
    )  # fmt: skip


def test_others(desk: Desk, door: Door, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(reading, "CHECK_SECONDS", 300.0)
    order, client = desk.report(), door.street_dispatcher
    event = Event.objects.filter(order=order).latest("seq")
    notices = [
        Notice.objects.create(order=order, event=event, kind="warned", gravity="info", created_at=event.at, **to)
        for to in ({"unit": desk.ground.sub_center}, {"user": desk.cast.user("street_dispatcher")})
    ]
    document, numbers = supervised(desk, order), [each.number for each in on_site(desk)]
    user = desk.cast.user("citizen")
    user.set_password(PASSWORD)
    user.save()

    def upload(address: str, data: Any, **how: Any) -> Any:
        file = SimpleUploadedFile("a.jpg", JPEG.getvalue())
        return client.post(address, {"file": file}, format="multipart", **how)

    lead = desk.ground.market_squad.code
    items = [{"number": desk.registered().number, "lead": lead} for _ in range(2)]
    signing_in = {"username": "citizen", "password": PASSWORD}
    found = {
        "POST token": statements(APIClient().post, "/api/v1/auth/token/", signing_in, 201),
        "DELETE token": statements(client.delete, "/api/v1/auth/token/", status=204),
        "POST stream-ticket": statements(client.post, "/api/v1/stream/ticket/"),
        "POST work-orders": statements(client.post, ROOT, {**REPORT, "external_ref": "x-1", "category": "T02"}, 201),
        "POST work-order-batch-verify": statements(
            door.community_officer.post, f"{ROOT}batch/verify/", {"numbers": numbers}
        ),
        "POST work-order-batch-dispatch": statements(client.post, f"{ROOT}batch/dispatch/", {"items": items}),
        "POST work-order-register-and-dispatch": statements(
            client.post,
            url(desk.report().number, "register-and-dispatch"),
            {"conditions_confirmed": True, "lead": lead},
        ),
        "POST work-order-attachments": statements(upload, url(order.number, "attachments"), status=201),
        "POST notices-read": statements(client.post, "/api/v1/notices/read/"),
        "POST notice-read": statements(client.post, f"/api/v1/notices/{notices[0].pk}/read/"),
        "POST supervision-order-acknowledge": statements(
            client.post, f"/api/v1/supervision-orders/{document.number}/acknowledge/"
        ),
        "POST citizen-reading-suggest": statements(
            APIClient().post, "/api/v1/citizen/reading/suggest/", {"text": "路灯坏了"}
        ),
    }
    assert found == OTHERS
