"""Channels, what went through them, and how people are told."""

from __future__ import annotations

from django.db import transaction

from relay.models import Channel
from relay.services import queue_message
from tests.workorders.conftest import Desk

FIGURES = {
    "page messages": ("/messages/", "sysadmin", 9),
    "page messages of the district": ("/messages/?state=dead&days=30", "district_dispatcher", 9),
    "page message": ("/messages/{message}/", "sysadmin", 3),
    "page notice-settings": ("/notices/settings/", "handler", 8),
    "page notice-settings of a robot": ("/notices/settings/?unit={unit}", "handler", 10),
    "page notices narrowed": ("/notices/?gravity=warn&unread=1", "handler", 8),
    "page channels": ("/configuration/channels/", "sysadmin", 7),
    "page channel-new": ("/configuration/channels/new/sms/", "sysadmin", 3),
    "page channel": ("/configuration/channels/{channel}/", "sysadmin", 5),
    "page channel-secret": ("/configuration/channels/{channel}/secret/", "sysadmin", 4),
    "page message-templates": ("/configuration/channels/templates/", "sysadmin", 3),
    "page message-template": ("/configuration/channels/templates/dispatched/", "sysadmin", 3),
    "api channels": ("/api/v1/channels/", "sysadmin", 5),
    "api messages": ("/api/v1/messages/?state=queued", "sysadmin", 3),
    "api notice-preferences": ("/api/v1/notice-preferences/", "handler", 5),
    "api message-templates": ("/api/v1/message-templates/", "sysadmin", 3),
}


def prepare(desk: Desk) -> dict[str, str]:
    unit = desk.ground.urban_squad
    robot = Channel.objects.create(
        kind="wecom", name="群", address="https://qyapi.weixin.qq.com/x", active=True, owner=f"u:{unit.pk}"
    )
    Channel.objects.create(kind="sms", name="短信", address="https://sms.example/", active=True)
    with transaction.atomic():
        message = queue_message(channel=robot, key="k", template="dispatched", subject="新派单", text="新派单")
    assert message is not None
    return {"message": str(message.pk), "channel": str(robot.pk), "unit": unit.code}
