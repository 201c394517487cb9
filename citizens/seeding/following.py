"""Citizens of a demonstration with made-up numbers, and reports of theirs that have ended: to call, to show, to check.

Everything goes through the services, by people of the demonstration. Repeating it writes nothing.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw
from shapely.geometry import shape

from citizens.models import Receipt
from citizens.selectors.privacy import notice_in_force
from citizens.services.contacts import citizen_of
from citizens.services.draws import draw_street
from citizens.services.following import answer_with
from citizens.services.news import choose_news
from citizens.services.notices import agree
from citizens.services.publishing import publish_picture
from citizens.services.receipts import follower, open_receipt, receipt_by_key
from dispatch.selectors.whistles import units_to_call
from grids.ground import ground
from grids.models import Grid, Street, Unit
from grids.selectors import memberships_in_force
from grids.selectors.people import actor_for, passer_by
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders import services
from workorders.models import WorkOrder
from workorders.services.attachments import attach

KEYS = uuid.UUID("6f5e0c2a-8f0e-4c55-9f1b-1d2f6b0d7a11")
NUMBERS = ("13900000001", "13900000002", "13900000003")
# Category, title, words, what was done.
MATTERS = (
    ("0303", "路口的路灯不亮（演示）", "晚上看不清路，老人走路不安全。", "已更换灯泡并检修线路。"),
    ("0301", "人行道地砖松动（演示）", "踩上去会溅水，容易绊倒。", "已更换松动地砖十二块。"),
    ("0902", "电动车停在盲道上（演示）", "盲道走不通，轮椅也过不去。", "已劝离并加装隔离桩。"),
    ("1402", "树枝挡住红绿灯（演示）", "过马路看不清信号灯。", "已修剪树枝。"),
)
STREETS = 2
ANSWERS = ((5, 5, 5, ""), (1, 2, 4, "没修好，又坏了。"))


@dataclass(frozen=True, slots=True)
class Crew:
    """Who takes in and checks in a street, and who handles there."""

    street: Street
    dispatcher: Actor
    squad: Unit
    handler: Actor


def seed_following() -> int:
    """Return how many reports were made. Some seconds; needs people, units and categories."""
    users = [citizen_of(number) for number in NUMBERS]
    notice = notice_in_force()
    for user in users:
        if notice is not None:
            agree(notice=notice, user_id=user.pk)
    choose_news(user_id=users[0].pk, wants=True)
    made = 0
    for place, crew in enumerate(_crews()):
        ended: dict[str, int] = {}
        for number, matter in enumerate(MATTERS):
            key = uuid.uuid5(KEYS, f"{place}:{number}")
            if receipt_by_key(key) is not None:
                continue
            user_id, phone = (users[number].pk, NUMBERS[number]) if number < len(users) else (None, "")
            with transaction.atomic():
                receipt = _ended(crew, matter, key, user_id, phone)
            if number < len(ANSWERS):
                _answer(receipt, ANSWERS[number])
            if number == 0:
                _show(receipt.order, crew.dispatcher)
            ended[receipt.order.number] = receipt.order_id
            made += 1
        if ended:
            draw_street(crew.street.pk, timezone.localtime(clock.now()).date(), ended, percent=25)
    return made


def _crews() -> Iterator[Crew]:
    """Of the first streets in which somebody has each of these posts."""
    found = 0
    for street in Street.objects.order_by("code"):
        dispatcher = _actor_of(ground().sub_center_id(street.pk), "street_dispatcher")
        squads = units_to_call(street.district_id, street.pk).filter(street=street)
        pairs = ((squad, _actor_of(squad.pk, "department_handler")) for squad in squads)
        squad, handler = next(((unit, who) for unit, who in pairs if who is not None), (None, None))
        if dispatcher is not None and squad is not None and handler is not None and found < STREETS:
            found += 1
            yield Crew(street, dispatcher, squad, handler)


def _actor_of(unit_id: int | None, role: str) -> Actor | None:
    post = memberships_in_force().filter(unit=unit_id, role=role).select_related("user").order_by("pk").first()
    return actor_for(post.user) if post and unit_id else None


def _ended(crew: Crew, matter: tuple[str, str, str, str], key: uuid.UUID, user_id: int | None, phone: str) -> Receipt:
    code, title, description, result = matter
    grid = Grid.objects.filter(community__street=crew.street, boundary__isnull=False).order_by("code").first()
    assert grid is not None
    assert grid.boundary is not None
    point = shape(grid.boundary).representative_point()
    told = {"title": title, "description": description, "source": "citizen", "category": code, "reporter_phone": phone}
    order, _new = services.report(by=passer_by(), data={**told, "lon": point.x, "lat": point.y})
    receipt, _code = open_receipt(order_id=order.pk, client_key=key, user_id=user_id)
    written: list[str] = []
    attach(order_id=order.pk, by=follower(receipt), upload=_picture("#33415c"), stage="report", written=written)
    _do(order, "register", crew.dispatcher, conditions_confirmed=True)
    _do(order, "dispatch", crew.dispatcher, lead=crew.squad.code)
    _do(order, "acknowledge", crew.handler)
    attach(order_id=order.pk, by=crew.handler, upload=_picture("#c9c08a"), stage="after", written=written)
    _do(order, "submit_result", crew.handler, result=result)
    _do(order, "verify", crew.dispatcher)
    receipt.order.refresh_from_db()
    return receipt


def _do(order: WorkOrder, action: str, by: Actor, **data: object) -> None:
    services.advance(order_id=order.pk, action=action, by=by, data=data)


def _answer(receipt: Receipt, answer: tuple[int, int, int, str]) -> None:
    solved, satisfied, attitude, words = answer
    grades = {"solved": solved, "satisfied": satisfied, "attitude": attitude}
    answer_with(receipt=receipt, grades=grades, words=words)


def _show(order: WorkOrder, by: Actor) -> None:
    for each in order.attachments.all():
        publish_picture(attachment_id=each.pk, rectangles=[[370, 560, 290, 150]], by=by)


def _picture(colour: str) -> SimpleUploadedFile:
    """A made-up picture with a plate that has to be blurred."""
    image = Image.new("RGB", (800, 600), colour)
    drawn = ImageDraw.Draw(image)
    drawn.rectangle((300, 345, 520, 420), fill="white")
    drawn.text((330, 368), "A 12345 (demo)", fill="black", font_size=24)
    out = io.BytesIO()
    image.save(out, "JPEG")
    return SimpleUploadedFile("demo.jpg", out.getvalue(), "image/jpeg")
