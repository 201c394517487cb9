"""Writes of channels, by the system administrator. Secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from relay.errors import Invalid, NotAllowed, NotVisible
from relay.models import ROBOTS, Channel, ChannelKind, OutgoingMessage
from relay.permissions import configures_channels
from relay.rules.gateways import SECRETS, STANDARD_ADDRESSES, faults
from relay.services.messages import queue_message
from relay.transports.addresses import Refused, check_address
from relay.transports.sealing import Unreadable, seal, sealed_anew, unseal

CHANGED = ("name", "address", "options", "owner", "rate_per_minute", "active")


@transaction.atomic
def create_channel(*, data: Mapping[str, Any], secrets: Mapping[str, str], by: Actor) -> Channel:
    """Register a way out. Raises NotAllowed, Invalid."""
    _allow(by)
    channel = Channel(kind=data.get("kind", ""), **{name: data[name] for name in CHANGED if name in data})
    _check(channel, secrets)
    channel.sealed = seal(secrets)
    channel.save()
    _note(by, "channel_created", channel, {"kind": channel.kind, **_told(channel)})
    return channel


@transaction.atomic
def change_channel(*, channel_id: int, data: Mapping[str, Any], by: Actor) -> Channel:
    """Change what is not secret. Raises NotAllowed, NotVisible, Invalid."""
    _allow(by)
    channel = _locked(channel_id)
    before = _told(channel)
    for name in CHANGED:
        setattr(channel, name, data.get(name, getattr(channel, name)))
    _check(channel, None)
    # Whoever changes it has mended it: it is tried at once.
    channel.failures, channel.pauses, channel.resumes_at = 0, 0, None
    channel.save()
    after = _told(channel)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    _note(by, "channel_changed", channel, changed)
    return channel


@transaction.atomic
def rotate_secret(*, channel_id: int, secrets: Mapping[str, str], by: Actor) -> Channel:
    """Put new secrets in the place of all old ones. Raises NotAllowed, NotVisible, Invalid."""
    _allow(by)
    channel = _locked(channel_id)
    _check_secrets(channel.kind, secrets)
    channel.sealed = seal(secrets)
    channel.failures, channel.pauses, channel.resumes_at = 0, 0, None
    channel.save()
    _note(by, "channel_secret_changed", channel, {"names": sorted(name for name, value in secrets.items() if value)})
    return channel


@transaction.atomic
def send_test(*, channel_id: int, by: Actor) -> OutgoingMessage:
    """Queue a message that says that it is a test; to a personal channel it goes to who asked. Raises as above."""
    _allow(by)
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise NotVisible
    message = queue_message(
        channel=channel, key=f"test:{uuid4().hex}", template="test", subject=_("测试消息"),
        text=_("这是“大联勤”发出的测试消息，收到即表示通道可用。"), is_urgent=True,
        recipient=f"p:{by.user_id}" if channel.is_personal else "",
    )  # fmt: skip
    _note(by, "channel_tested", channel, {})
    assert message is not None, "a key of chance"
    return message


@transaction.atomic
def reseal_secrets() -> tuple[int, list[str]]:
    """Seal every secret under the first key; return how many were, and the names of channels that no key opens."""
    done, lost = 0, []
    for channel in Channel.objects.exclude(sealed="").select_for_update().order_by("pk"):
        try:
            channel.sealed = sealed_anew(channel.sealed)
        except Unreadable:
            lost.append(channel.name)
            continue
        channel.save(update_fields=["sealed"])
        done += 1
    return done, lost


def _allow(by: Actor) -> None:
    if not configures_channels(by):
        raise NotAllowed


def _locked(channel_id: int) -> Channel:
    channel = Channel.objects.select_for_update().filter(pk=channel_id).first()
    if channel is None:
        raise NotVisible
    return channel


def _check(channel: Channel, secrets: Mapping[str, str] | None) -> None:
    if channel.kind not in ChannelKind.values:
        raise Invalid(fields={"kind": [_("请选择类型")]})
    found: dict[str, list[Any]] = {name: [why] for name, why in faults(channel.kind, channel.options).items()}
    channel.name = channel.name.strip()
    channel.address = (channel.address or STANDARD_ADDRESSES.get(channel.kind, "")).strip()
    if not 0 < len(channel.name) <= 40 or not channel.name.isprintable():
        found["name"] = [_("请填写名称，不超过 40 字")]
    elif Channel.objects.filter(name=channel.name).exclude(pk=channel.pk).exists():
        found["name"] = [_("已有同名通道")]
    if channel.kind in ROBOTS and not channel.owner:
        found["owner"] = [_("请选择机器人服务的单位")]
    if not 1 <= channel.rate_per_minute <= 600:
        found["rate_per_minute"] = [_("请填写 1 到 600")]
    try:
        check_address(
            channel.address[:300], ("smtp", "smtps") if channel.kind == ChannelKind.MAIL else ("https", "http")
        )
    except Refused:
        found["address"] = [_("地址不在允许的范围内，请先由运维在 LIANQIN_MESSAGE_HOSTS 中登记主机")]
    if any(part in channel.address for part in ("key=", "access_token=")):
        found["address"] = [_("地址中不要带密钥，密钥单独填写")]
    if found:
        raise Invalid(fields=found)
    if secrets is not None:
        _check_secrets(channel.kind, secrets)


def _check_secrets(kind: str, secrets: Mapping[str, str]) -> None:
    known = SECRETS[kind]
    found = {name: [_("请填写")] for name, needed in known.items() if needed and not secrets.get(name)}
    found |= {name: [_("不支持的密钥")] for name in secrets if name not in known}
    found |= {name: [_("密钥含有空白或过长")] for name, value in secrets.items() if value and not _is_secret(value)}
    if found:
        raise Invalid(fields=found)


def _is_secret(value: str) -> bool:
    return len(value) <= 300 and value.isascii() and value.isprintable() and " " not in value


def _told(channel: Channel) -> dict[str, Any]:
    return {name: getattr(channel, name) for name in CHANGED}


def secret_names(channel: Channel) -> list[str]:
    """Which secrets are there, or none if no key opens them."""
    try:
        return sorted(unseal(channel.sealed))
    except Unreadable:
        return []


def _note(by: Actor, action: str, channel: Channel, detail: dict[str, Any]) -> None:
    audit(actor_id=by.user_id, action=action, object_label=f"channel:{channel.pk} {channel.name}", detail=detail)
