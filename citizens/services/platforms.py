"""Platforms with four eyes: one drafts a setup or makes a key, another lets it come into force."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from accounts.services import audit, decide_draft, submit_draft, withdraw_draft
from citizens.models import IntakeKey, IntakePlatform, IntakeSetup
from citizens.permissions import may_configure
from citizens.rules.formats import FORMATS
from citizens.rules.mails import ADDRESS, DOMAIN
from citizens.rules.mapping import faults_of
from citizens.rules.shapes import faults_of_schema
from citizens.rules.signing import ALGORITHMS, SHA256
from citizens.services.seals import SECRETS
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible
from relay.transports.addresses import Refused, check_address
from workorders.models.orders import Source

SETTINGS = (
    *("active", "networks", "per_minute", "per_day", "return_address", "mailbox", "mail_senders"),
    *("mapping", "schema"),
)
OPEN = (DraftState.DRAFT, DraftState.SUBMITTED, DraftState.REFUSED)
LIMITS = {"per_minute": 6_000, "per_day": 1_000_000}


@transaction.atomic
def open_platform(*, code: str, by: Actor) -> IntakePlatform:
    """Enter a platform with the format agreed for its kind; it takes nothing until a setup is approved."""
    _require(by)
    if code not in FORMATS:
        raise Invalid(fields={"code": [_("请从列表中选择")]})
    if IntakePlatform.objects.filter(code=code).exists():
        raise Conflict(_("该平台已经登记"), code="platform_exists")
    account, _made = User.objects.get_or_create(
        username=f"platform_{code}", defaults={"full_name": str(Source(code).label), "kind": UserKind.SOURCE}
    )
    if not account.has_usable_password() or _made:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    platform = IntakePlatform.objects.create(code=code, account=account, **FORMATS[code])
    _audit(by, "open_intake_platform", platform)
    return platform


def setup_of(platform: IntakePlatform) -> dict[str, Any]:
    return {name: getattr(platform, name) for name in SETTINGS}


@transaction.atomic
def draft_setup(*, platform_id: int, contents: Mapping[str, Any], by: Actor) -> IntakeSetup:
    """Write a setup and hand it to the second person; an open one is replaced. Raises NotAllowed, Invalid."""
    _require(by)
    platform = _locked(platform_id)
    wanted = {**setup_of(platform), **{name: contents[name] for name in SETTINGS if name in contents}}
    if faults := faults_of_setup(wanted, platform):
        raise Invalid(fields=faults)
    for former in platform.setups.filter(state__in=OPEN):
        withdraw_draft(IntakeSetup, former.pk, by=by)
    setup = IntakeSetup.objects.create(platform=platform, contents=wanted, drafted_by_id=by.user_id)
    changed = sorted(name for name in SETTINGS if wanted[name] != getattr(platform, name))
    return submit_draft(IntakeSetup, setup.pk, by=by, detail={"platform": platform.code, "changed": changed})


@transaction.atomic
def decide_setup(
    *, setup_id: int, approve: bool, by: Actor, opinion: str = "", seen: dt.datetime | None = None
) -> IntakeSetup:
    """Let a setup come into force at once, as the next version, or send it back."""
    _require_second(by)
    found = IntakeSetup.objects.filter(pk=setup_id).first()
    if found is None:
        raise NotVisible
    platform = _locked(found.platform_id)
    setup = decide_draft(IntakeSetup, setup_id, by=by, approve=approve, opinion=opinion, seen=seen)
    if approve:
        # The hosts that may be written to can have changed since it was drafted, and another platform's mailbox.
        wanted = {**setup_of(platform), **setup.contents}
        if faults := faults_of_setup(wanted, platform):
            raise Invalid(fields=faults)
        setup.version = (platform.setups.aggregate(last=Max("version"))["last"] or 0) + 1
        setup.save(update_fields=["version"])
        for name in SETTINGS:
            setattr(platform, name, wanted[name])
        platform.version = setup.version
        platform.save()
    return setup


@transaction.atomic
def make_key(*, platform_id: int, algorithm: str = SHA256, by: Actor) -> tuple[IntakeKey, str]:
    """Make a secret; it is returned here and never again. It opens nothing until the second person confirmed it."""
    _require(by)
    platform = _locked(platform_id)
    if algorithm not in ALGORITHMS:
        raise Invalid(fields={"algorithm": [_("请从列表中选择")]})
    held = set(platform.keys.filter(ended_at=None).values_list("slot", flat=True))
    slot = next((number for number in (1, 2) if number not in held), None)
    if slot is None:
        raise Conflict(_("同时最多两个密钥，请先停用一个"), code="two_keys")
    secret = secrets.token_urlsafe(32)
    key = IntakeKey.objects.create(
        platform=platform, key_id=f"{platform.code[:6]}-{secrets.token_hex(4)}", sealed=SECRETS.close(secret),
        algorithm=algorithm, slot=slot, drafted_by_id=by.user_id,
    )  # fmt: skip
    return submit_draft(IntakeKey, key.pk, by=by, detail={"platform": platform.code, "key": key.key_id}), secret


@transaction.atomic
def decide_key(*, key_id: int, approve: bool, by: Actor, opinion: str = "") -> IntakeKey:
    """Let a key come into force; one that is refused is ended."""
    _require_second(by)
    key = decide_draft(IntakeKey, key_id, by=by, approve=approve, opinion=opinion)
    if not approve:
        IntakeKey.objects.filter(pk=key.pk).update(ended_at=Now())
    return key


@transaction.atomic
def end_key(*, key_id: int, by: Actor) -> None:
    """End a key at once: what takes away and gives nothing needs no second person."""
    if not (may_configure(by) or may_approve(by)):
        raise NotAllowed
    key = IntakeKey.objects.select_for_update().select_related("platform").filter(pk=key_id, ended_at=None).first()
    if key is None:
        raise NotVisible
    key.ended_at = Now()
    key.save(update_fields=["ended_at"])
    _audit(by, "end_intake_key", key.platform, key=key.key_id)


def faults_of_setup(wanted: Mapping[str, Any], platform: IntakePlatform) -> dict[str, list[str]]:
    """Each setting that cannot be used, with why."""
    faults: dict[str, list[str]] = {
        "mapping": faults_of(wanted["mapping"]),
        "schema": faults_of_schema(wanted["schema"]),
    }
    for name, most in LIMITS.items():
        if not (isinstance(wanted[name], int) and 1 <= wanted[name] <= most):
            faults[name] = [_("应在 1 与 %(most)d 之间") % {"most": most}]
    try:
        for network in wanted["networks"]:
            ip_network(network)
    except ValueError:
        faults["networks"] = [_("网段格式应如 10.1.0.0/16")]
    if wanted["return_address"]:
        try:
            check_address(wanted["return_address"])
        except Refused:
            faults["return_address"] = [_("该地址不在允许的范围内，请联系运维人员登记")]
    faults |= _faults_of_mail(wanted, platform)
    return {name: texts for name, texts in faults.items() if texts}


def _faults_of_mail(wanted: Mapping[str, Any], platform: IntakePlatform) -> dict[str, list[str]]:
    mailbox, senders = wanted["mailbox"], wanted["mail_senders"]
    if not mailbox:
        return {"mail_senders": [_("没有收件邮箱，不需要填写发件人")]} if senders else {}
    faults: dict[str, list[str]] = {}
    if not ADDRESS.fullmatch(mailbox) or mailbox != mailbox.lower():
        faults["mailbox"] = [_("应为小写的邮箱地址，如 report@example.gov.cn")]
    elif IntakePlatform.objects.filter(mailbox=mailbox).exclude(pk=platform.pk).exists():
        faults["mailbox"] = [_("另一平台已经使用该邮箱")]
    if not senders:
        faults["mail_senders"] = [_("请填写允许的发件人，任何人都能写信的邮箱不接收")]
    elif not all(ADDRESS.fullmatch(each) or DOMAIN.fullmatch(each) for each in senders):
        faults["mail_senders"] = [_("应为邮箱地址，或如 @example.gov.cn 的整个域名")]
    return faults


def _require(by: Actor) -> None:
    if not may_configure(by):
        raise NotAllowed


def _require_second(by: Actor) -> None:
    if not may_approve(by):
        raise NotAllowed


def _locked(platform_id: int) -> IntakePlatform:
    platform = IntakePlatform.objects.select_for_update().filter(pk=platform_id).first()
    if platform is None:
        raise NotVisible
    return platform


def _audit(by: Actor, action: str, platform: IntakePlatform, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=action, object_label=platform.code, detail=detail)
