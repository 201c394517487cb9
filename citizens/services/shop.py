"""Rewards and their stock: entered, received, counted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import MoveKind, Reward, StockMove
from citizens.permissions import may_hand_out, may_set_rewards
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible
from workorders.errors import AttachmentRefused
from workorders.services.attachments import remove_file
from workorders.services.media import LARGEST, PICTURES, examined

FIGURES = {"price": (1, 1_000_000), "per_person": (1, 1000), "kept_days": (1, 365)}
MOST_STOCK = 100_000
# The first and the last moment of all calendars can be kept and not be read.
YEARS = range(2000, 9999)
FOLDER = "rewards"


@transaction.atomic
def save_reward(
    *, reward_id: int | None, told: Mapping[str, Any], by: Actor, picture: UploadedFile[Any] | None = None
) -> Reward:
    """Enter a reward or change it; vouchers that were given keep what they were given for.

    ``told``: name, about, price, per_person, kept_days, from_at, until_at, pickup (code of a unit), is_offered.
    Raises NotAllowed, NotVisible, Invalid.
    """
    if not may_set_rewards(by):
        raise NotAllowed
    reward = Reward() if reward_id is None else Reward.objects.select_for_update().filter(pk=reward_id).first()
    if reward is None:
        raise NotVisible
    faults: dict[str, list[str]] = {}
    reward.name, reward.about = str(told.get("name", "")).strip(), str(told.get("about", "")).strip()
    if not 0 < len(reward.name) <= 40:
        faults["name"] = [_("名称应为 1 到 40 个字")]
    if len(reward.about) > 500:
        faults["about"] = [_("说明最多 500 个字")]
    for name, (least, most) in FIGURES.items():
        figure = told.get(name)
        if type(figure) is not int or not least <= figure <= most:
            faults[name] = [_("请填写 %(least)d 到 %(most)d 的整数") % {"least": least, "most": most}]
        else:
            setattr(reward, name, figure)
    _place_and_time(reward, told, faults)
    kept = _picture(picture, faults)
    if faults:
        raise Invalid(fields=faults)
    if kept:
        if former := reward.picture:
            transaction.on_commit(lambda: remove_file(former), robust=True)
        reward.picture = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.jpg", ContentFile(kept))
    reward.is_offered = bool(told.get("is_offered"))
    reward.save()
    detail = {"price": reward.price, "offered": reward.is_offered}
    audit(actor_id=by.user_id, action="reward_saved", object_label=f"{reward.pk} {reward.name}", detail=detail)
    return reward


@transaction.atomic
def receive_stock(*, reward_id: int, number: int, note: str, by: Actor) -> StockMove:
    """Write in what was delivered. Raises NotAllowed, NotVisible, Invalid."""
    if not 1 <= number <= MOST_STOCK:
        raise Invalid(fields={"number": [_("请填写 1 到 %d 的整数") % MOST_STOCK]})
    return _move(reward_id, MoveKind.RECEIVED, number, note, by)


@transaction.atomic
def count_stock(*, reward_id: int, found: int, note: str, by: Actor) -> StockMove:
    """Write what was found on the shelf beyond what vouchers are waiting for; a difference needs its reason.

    Raises NotAllowed, NotVisible, Invalid.
    """
    reward = _locked(reward_id, by)
    if not 0 <= found <= MOST_STOCK:
        raise Invalid(fields={"found": [_("请填写 0 到 %d 的整数") % MOST_STOCK]})
    if found != reward.stock and not note.strip():
        raise Invalid(fields={"note": [_("数目与账面不符，请写明原因")]})
    return _move(reward_id, MoveKind.COUNTED, found - reward.stock, note, by)


def _place_and_time(reward: Reward, told: Mapping[str, Any], faults: dict[str, list[str]]) -> None:
    pickup = Unit.objects.filter(code=told.get("pickup", ""), kind="workstation", active=True).first()
    if pickup is None:
        faults["pickup"] = [_("请选择领取的工作站")]
    else:
        reward.pickup = pickup
    from_at, until_at = told.get("from_at"), told.get("until_at")
    if not isinstance(from_at, dt.datetime) or from_at.year not in YEARS:
        faults["from_at"] = [_("请填写开始时间")]
        return
    if until_at is not None and until_at <= from_at:
        faults["until_at"] = [_("结束时间应晚于开始时间")]
    elif until_at is not None and until_at.year not in YEARS:
        faults["until_at"] = [_("结束时间太晚，不设期限就留空")]
    reward.from_at, reward.until_at = from_at, until_at


def _picture(picture: UploadedFile[Any] | None, faults: dict[str, list[str]]) -> bytes:
    """A small JPEG made anew, or nothing."""
    if picture is None:
        return b""
    try:
        media = examined(picture.read()) if 0 < (picture.size or 0) <= LARGEST else None
    except AttachmentRefused as refusal:
        faults["picture"] = [str(refusal.message)]
        return b""
    if media is None or media.mime not in PICTURES:
        faults["picture"] = [_("请选择 JPEG、PNG 或 WebP 图片")]
        return b""
    return media.thumbnail


def _locked(reward_id: int, by: Actor) -> Reward:
    reward = Reward.objects.select_for_update().filter(pk=reward_id).first()
    if reward is None:
        raise NotVisible
    if not may_hand_out(by, reward.pickup_id):
        raise NotAllowed
    return reward


def _move(reward_id: int, kind: MoveKind, delta: int, note: str, by: Actor) -> StockMove:
    reward = _locked(reward_id, by)
    written = StockMove.objects.create(
        reward=reward, kind=kind, delta=delta, note=note.strip()[:120], by_id=by.user_id, at=clock.now()
    )
    detail = {"delta": delta, "note": written.note}
    audit(actor_id=by.user_id, action=f"stock_{kind}", object_label=f"{reward.pk} {reward.name}", detail=detail)
    return written
