"""Channels of a demonstration and a day of their messages. Repeating it writes nothing.

In bin/demo they reach a gateway of our own on the same machine, which says that it is one; elsewhere they are switched
off, as examples of what is to be typed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from grids.models import District, Unit, UnitKind
from lianqin.kernel import clock
from relay.models import Channel, MessageState, OutgoingMessage
from relay.rules.gateways import STANDARD_ADDRESSES
from relay.transports.sealing import seal

DISTRICT = "320111"
SMS_OPTIONS = {"success_path": "errcode", "success_value": "0", "sign_header": "X-Signature"}
# (minutes ago, state, answer, text) of the first hours.
PAST: tuple[tuple[int, str, str, str, str], ...] = (
    (34, MessageState.SENT, "200/0", "演示网关已收到", "3 件新派单，最早 11-22 16:30 到期"),
    (52, MessageState.SENT, "200/0", "演示网关已收到", "2 条通知：升级到区 1，逾期督办 1"),
    (75, MessageState.DEAD, "200/310000", "keywords not in content", "1 条逾期督办，请在平台查看"),
    (96, MessageState.SENT, "200/0", "演示网关已收到", "5 件新派单，最早 11-22 15:00 到期"),
    (140, MessageState.SUPPRESSED, "timeout", "10 秒内没有应答", "值班提醒：请填写交接记录"),
    (171, MessageState.SENT, "200/0", "演示网关已收到", "凤凰社区辖区内吹哨，请于 11-22 14:00 前到场报到"),
)


def write_channels() -> None:
    district = District.objects.filter(code=DISTRICT).first()
    centre = Unit.objects.filter(district=district, kind=UnitKind.COMMAND_CENTER, active=True).first()
    sub_centre = Unit.objects.filter(district=district, kind=UnitKind.SUB_CENTER, active=True).order_by("code").first()
    if centre is None or sub_centre is None or Channel.objects.exists():
        return
    live = bool(settings.LIANQIN_DEMO and settings.LIANQIN_PUBLIC_URL)
    _write("短信（演示网关）", "sms", live, secrets={"secret": "demo"}, options=SMS_OPTIONS, rate_per_minute=120)
    group = _write("区指挥中心群（演示网关）", "wecom", live, owner=f"u:{centre.pk}", secrets={"key": "demo"})
    _write(
        f"{sub_centre.short_name}群（演示网关）", "dingtalk", live, owner=f"u:{sub_centre.pk}",
        secrets={"access_token": "demo", "secret": "SECdemo"},
    )  # fmt: skip
    _write(
        "邮件（示例，未启用）", "mail", False, address="smtps://smtp.example.gov.cn:465",
        options={"sender": "lianqin@example.gov.cn"},
    )  # fmt: skip
    _write_past(group, f"d:{centre.district_id}")


def _write(name: str, kind: str, live: bool, *, secrets: dict[str, str] | None = None, **told: Any) -> Channel:
    place = f"{settings.LIANQIN_PUBLIC_URL}/demo/gateway/{kind}/"
    address = place if live else STANDARD_ADDRESSES.get(kind, f"https://{kind}.example.gov.cn/send")
    given = {"address": address, **told}
    return Channel.objects.create(name=name, kind=kind, active=live, sealed=seal(secrets or {}), **given)


def _write_past(channel: Channel, scope: str) -> None:
    now = clock.now()
    rows = []
    for minutes, state, code, answer, text in PAST:
        at = now - dt.timedelta(minutes=minutes)
        rows.append(
            OutgoingMessage(
                channel=channel, scope=scope, template="several", subject="【大联勤】通知", text=text,
                key=f"demo:{minutes}", state=state, attempts=1 if state == MessageState.SENT else 3, next_at=at,
                created_at=at, sent_at=at if state == MessageState.SENT else None, response_code=code,
                response_excerpt=answer, reason="已电话通知" if state == MessageState.SUPPRESSED else "",
            )
        )  # fmt: skip
    OutgoingMessage.objects.bulk_create(rows)
