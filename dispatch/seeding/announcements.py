"""Announcements of a demonstration: one to confirm, one to read, one draft. Repeating it writes nothing."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from dispatch.models import Announcement, AnnouncementState, Receipt
from dispatch.selectors.announcements import readers_of
from grids.models import District, Street, Unit, UnitKind
from grids.selectors import memberships_in_force
from lianqin.kernel import clock

READ_SHARE = 3  # Every third has read it.
TEXTS = (
    (
        "汛期值守与积水点巡查安排",
        "各分中心、各参勤单位：\n\n汛期期间，指挥中心和分中心 24 小时有人值守，积水点每日早晚各巡查一次，"
        "发现险情立即上报，不等汇总。\n\n请在值班表中确认本单位的带班领导和值班人员。",
        True,
        AnnouncementState.PUBLISHED,
        2,
    ),
    (
        "联勤平台一键派单使用提示",
        "调度工作台右侧会给出建议的主办和协办单位，并写明依据的权责规则。\n\n建议有误时请直接改派并选择原因，"
        "改派会进入派遣建议质量统计，用来修订权责清单。",
        False,
        AnnouncementState.PUBLISHED,
        5,
    ),
    ("冬季市容专项行动（征求意见）", "请各街道就行动时间和人员安排提出意见。", False, AnnouncementState.DRAFT, 0),
)


def write_announcements() -> None:
    district = District.objects.get(code="320111")
    if Announcement.objects.filter(district=district).exists():
        return
    centre = Unit.objects.get(district=district, kind=UnitKind.COMMAND_CENTER, active=True)
    author = memberships_in_force().filter(unit=centre).select_related("user").order_by("pk").first()
    if author is None:
        return
    for title, body, must_read, state, days in TEXTS:
        _write(district, None, centre, author.user, title, body, must_read, state, days)
    street = Street.objects.filter(district=district).order_by("code").first()
    sub_centre = Unit.objects.filter(street=street, kind=UnitKind.SUB_CENTER, active=True).first()
    writer = memberships_in_force().filter(unit=sub_centre).select_related("user").order_by("pk").first()
    if street and sub_centre and writer:
        text = "本周五晚开展夜市周边占道经营联合整治，请城管、市监中队和相关社区按名单到位。"
        _write(
            district, street, sub_centre, writer.user, "周五夜市联合整治", text, False, AnnouncementState.PUBLISHED, 1
        )


def _write(
    district: District,
    street: Street | None,
    issuer: Unit,
    author: User,
    title: str,
    body: str,
    must_read: bool,
    state: str,
    days: int,
) -> None:
    at = clock.now() - dt.timedelta(days=days)
    is_draft = state == AnnouncementState.DRAFT
    row = Announcement.objects.create(
        district=district, street=street, issuer=issuer, by=author, title=title, body=body, must_read=must_read,
        state=state, published_at=None if is_draft else at, synthetic=True,
        read_by=at + dt.timedelta(days=7) if must_read else None,
    )  # fmt: skip
    if is_draft:
        return
    people = [each.user for each in readers_of(row).people]
    Receipt.objects.bulk_create(
        Receipt(announcement=row, user=user, opened_at=at, confirmed_at=at if must_read else None)
        for number, user in enumerate(sorted(people, key=lambda user: user.username))
        if number % READ_SHARE == 0
    )
