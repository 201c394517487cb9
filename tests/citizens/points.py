"""Rules of thanks in force, points in hand, things on the shelf."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from citizens import services
from citizens.models import PointsAccount, Redemption, Reward, Subject
from citizens.services.points import Merit, award
from citizens.services.redemptions import redeem
from citizens.services.rulebooks import decide_rules, draft_rules
from citizens.services.shop import receive_stock, save_reward
from lianqin.kernel import clock
from tests.cast import Cast
from tests.workorders.conftest import HERE, Desk
from workorders import services as work
from workorders.models import WorkOrder

FIGURES = {"points": 10, "per_day": 30, "per_month": 100}
POINTS: dict[str, Any] = {
    "rules": {"report": FIGURES, "joined": {"points": 2, "per_day": 4, "per_month": 40}, "volunteer": FIGURES},
    "day": 35, "month": 120, "kept_months": 24,
}  # fmt: skip
TIPS: dict[str, Any] = {
    "kinds": [
        {"slug": "waste", "name": "偷倒垃圾", "pays": "points", "least": 50, "most": 500},
        {"slug": "gas", "name": "非法存放燃气瓶", "pays": "cash", "least": 200, "most": 2000},
    ]
}
WORDS = "每天凌晨两点有货车在河堤倾倒建筑垃圾"


def in_force(cast: Cast, subject: str = Subject.POINTS, contents: dict[str, Any] | None = None) -> None:
    drafted = draft_rules(
        subject=subject, contents=contents or (POINTS if subject == Subject.POINTS else TIPS), by=cast.supervisor
    )
    decide_rules(rulebook_id=drafted.pk, approve=True, by=cast.commander)


def reported_by(desk: Desk, name: str, **told: Any) -> WorkOrder:
    """A report of a citizen who is signed in, with its receipt."""
    data = {"title": "路灯不亮", "source": "citizen", "category": "T01", "lon": HERE[0], "lat": HERE[1], **told}
    order, _new = work.report(by=getattr(desk.cast, name), data=data)
    services.open_receipt(order_id=order.pk, client_key=uuid.uuid4(), user_id=desk.cast.user(name).pk)
    return order


def close(desk: Desk, order: WorkOrder) -> WorkOrder:
    desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    return finish(desk, order)


def finish(desk: Desk, order: WorkOrder, verifier: str = "street_dispatcher2") -> WorkOrder:
    by = desk.cast.district_dispatcher if order.level == "district" else desk.cast.street_dispatcher
    desk.do(order, "dispatch", by, lead=desk.ground.urban_squad.code)
    desk.do(order, "acknowledge", desk.cast.handler)
    desk.do(order, "submit_result", desk.cast.handler, result="已修好")
    return desk.do(order, "verify", getattr(desk.cast, verifier))


def earn(cast: Cast, name: str = "citizen", times: int = 1) -> int:
    """Ten points each, for evenings of voluntary service."""
    for _each in range(times):
        award(Merit(cast.user(name).pk, "volunteer", f"volunteer:{uuid.uuid4()}"))
    return balance(cast, name)


def balance(cast: Cast, name: str = "citizen") -> int:
    return PointsAccount.objects.get(user=cast.user(name)).balance


def owed(cast: Cast, name: str = "citizen") -> int:
    return PointsAccount.objects.get(user=cast.user(name)).owed


def thing(cast: Cast, stock: int = 1, **told: Any) -> Reward:
    wanted = {
        "name": "垃圾袋一卷", "about": "45 升", "price": 10, "per_person": 1, "kept_days": 15,
        "from_at": clock.now() - dt.timedelta(days=1), "until_at": None, "pickup": "320999001001-station",
        "is_offered": True, **told,
    }  # fmt: skip
    made = save_reward(reward_id=None, told=wanted, by=cast.commander)
    if stock:
        receive_stock(reward_id=made.pk, number=stock, note="采购", by=cast.commander)
    return made


def voucher(cast: Cast, made: Reward, name: str = "citizen") -> Redemption:
    return redeem(reward_id=made.pk, user_id=cast.user(name).pk, client_key=uuid.uuid4())
