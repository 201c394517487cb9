"""Rules in force, a shop with things in it, points in hand and tips under way, for demonstrations."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, ImageDraw

from accounts.models import User, UserKind
from citizens.models import Reward, Rulebook, Subject, Tip
from citizens.services.points import Merit, award
from citizens.services.redemptions import redeem
from citizens.services.rulebooks import decide_rules, draft_rules
from citizens.services.shop import receive_stock, save_reward
from citizens.services.tips import decide_reward, decide_tip, propose_reward, send_tip
from grids.models import Membership, Unit
from grids.selectors import actor_for
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

POINTS = {
    "rules": {
        "report": {"points": 10, "per_day": 30, "per_month": 200},
        "joined": {"points": 2, "per_day": 10, "per_month": 60},
        "remark": {"points": 8, "per_day": 24, "per_month": 160},
        "volunteer": {"points": 20, "per_day": 20, "per_month": 200},
        "deliberation": {"points": 5, "per_day": 10, "per_month": 50},
    },
    "day": 60, "month": 400, "kept_months": 24,
}  # fmt: skip
TIPS = {
    "kinds": [
        {"slug": "dumping", "name": "偷倒渣土垃圾", "pays": "points", "least": 50, "most": 500},
        {"slug": "gas", "name": "违规存放燃气瓶", "pays": "cash", "least": 200, "most": 2000},
        {"slug": "sewage", "name": "偷排污水", "pays": "cash", "least": 300, "most": 3000},
    ]
}
# Name, points, stock, colour, what is said of it.
THINGS: Sequence[tuple[str, int, int, str, str]] = (
    ("垃圾袋一卷", 10, 120, "#8fb8a2", "45 升，加厚，30 只。"),
    ("洗洁精 500 克", 20, 60, "#d9c27a", "食品级，柠檬味。"),
    ("抽纸三包", 25, 80, "#c7d3e6", "每包 100 抽。"),
    ("雨伞", 60, 12, "#6f8fc9", "折叠，防风。"),
    ("公交卡充值 20 元", 100, 30, "#a9b7a0", "凭券在工作站充值。"),
    ("保温杯", 150, 5, "#c98f86", "500 毫升，不锈钢。"),
)
WORDS = (
    "凌晨两点左右有渣土车在河堤便道倾倒，连续三晚",
    "楼下储物间放着十来个燃气瓶，晚上有人搬运",
    "雨天时有管子往沟里排黑水，气味很重",
)


@transaction.atomic
def seed_points() -> int:
    """Everything below, as a supervisor and the commander would; return how many rewards there are."""
    second = actor_for(User.objects.get(username="commander"))
    posts = Membership.objects.filter(role="supervisor", unit__level="district", user__is_active=True)
    drafter = actor_for(posts.order_by("pk").select_related("user")[0].user)
    things = open_shop(drafter=drafter, second=second)
    give_some()
    tell_tips(officer=drafter, second=second)
    return things


def open_shop(*, drafter: Actor, second: Actor) -> int:
    """Put rules in force as two people would and fill the shelves, unless it was done. How many things are new."""
    for subject, contents in ((Subject.POINTS, POINTS), (Subject.TIPS, TIPS)):
        if not Rulebook.objects.filter(subject=subject, version__isnull=False).exists():
            drafted = draft_rules(subject=subject, contents=contents, by=drafter)
            decide_rules(rulebook_id=drafted.pk, approve=True, by=second)
    stations = list(
        Unit.objects.filter(kind="workstation", active=True).order_by("code").values_list("code", flat=True)
    )
    if not stations or Reward.objects.exists():
        return 0
    for at, (name, price, stock, colour, about) in enumerate(THINGS):
        told = {
            "name": name, "about": about, "price": price, "per_person": 2, "kept_days": 15, "until_at": None,
            "from_at": clock.now() - dt.timedelta(days=1), "pickup": stations[at % len(stations)], "is_offered": True,
        }  # fmt: skip
        made = save_reward(reward_id=None, told=told, by=drafter, picture=_picture(colour, at))
        receive_stock(reward_id=made.pk, number=stock, note="演示入库", by=drafter)
    return len(THINGS)


def give_some(*, most: int = 12) -> int:
    """Points for evenings of voluntary service to citizens there are, and a voucher where there are enough."""
    citizens = User.objects.filter(kind=UserKind.CITIZEN, is_active=True).order_by("pk")[:most]
    cheapest = Reward.objects.filter(is_offered=True, stock__gt=0).order_by("price").first()
    given = 0
    for citizen in citizens:
        made = award(Merit(citizen.pk, "volunteer", f"demo:{citizen.pk}", note="联勤巡夜（演示）"))
        if made is not None:
            given += 1
            if cheapest is not None and citizen.pk % 3 == 0:
                redeem(reward_id=cheapest.pk, user_id=citizen.pk, client_key=uuid.uuid4())
    return given


def tell_tips(*, officer: Actor, second: Actor) -> int:
    """One that waits, one that was thanked, one that came to nothing; unless there are some."""
    if Tip.objects.exists():
        return 0
    kinds = [str(kind["slug"]) for kind in TIPS["kinds"]]
    tips = [
        send_tip(client_key=uuid.uuid4(), kind=kind, words=words)[0] for kind, words in zip(kinds, WORDS, strict=True)
    ]
    decide_tip(tip_id=tips[0].pk, proven=True, answer="已当场查获，依法处罚，谢谢您。", by=officer)
    propose_reward(tip_id=tips[0].pk, amount=200, reason="时间地点准确", by=officer)
    decide_reward(tip_id=tips[0].pk, approve=True, by=second)
    decide_tip(tip_id=tips[2].pk, proven=False, answer="现场没有发现，已安排雨天复查。", by=officer)
    return len(tips)


def _picture(colour: str, shape: int) -> SimpleUploadedFile:
    """A plain drawing that pretends to be nothing else."""
    image = Image.new("RGB", (640, 480), "#f1f3f7")
    pen = ImageDraw.Draw(image)
    pen.ellipse((120, 380, 520, 430), fill="#dfe4ec")
    boxes = ((220, 110, 420, 410), (260, 70, 380, 410), (170, 200, 470, 410))
    left, top, right, bottom = boxes[shape % len(boxes)]
    pen.rounded_rectangle((left, top, right, bottom), radius=36, fill=colour)
    pen.rounded_rectangle((left + 24, top + 90, right - 24, top + 170), radius=14, fill="#ffffff")
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return SimpleUploadedFile("demo.png", kept.getvalue(), "image/png")
