"""What citizens are told about their data: drafted by one, put in force by another, agreed to by version."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import Consent, PrivacyNotice
from citizens.services.news import choose_news
from citizens.services.telling import forget_told
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible

SHORTEST, LONGEST, LONGEST_CHANGES = 50, 20_000, 1000


def may_write_notices(by: Actor) -> bool:
    return bool(by.user_id) and not by.officer and bool(by.tokens("command_orders") or by.tokens("supervise_orders"))


@transaction.atomic
def draft_notice(*, text: str, changes: str, by: Actor) -> PrivacyNotice:
    """Write the next version, or write the open draft anew. Raises NotAllowed, Invalid."""
    _allow(by)
    text, changes = text.replace("\r\n", "\n").strip(), changes.strip()
    faults: dict[str, list[str]] = {}
    if not SHORTEST <= len(text) <= LONGEST:
        faults["text"] = [_("正文应为 50 到 20000 字")]
    if not 0 < len(changes) <= LONGEST_CHANGES:
        faults["changes"] = [_("请写明与上一版相比改了什么，不超过 1000 字")]
    if faults:
        raise Invalid(fields=faults)
    draft = PrivacyNotice.objects.select_for_update().filter(effective_at=None).first()
    if draft is None:
        last = PrivacyNotice.objects.aggregate(last=Max("version"))["last"] or 0
        draft = PrivacyNotice(version=last + 1)
    draft.text, draft.changes, draft.drafted_by_id, draft.drafted_at = text, changes, by.user_id, clock.now()
    draft.save()
    audit(actor_id=by.user_id, action="privacy_drafted", object_label=f"v{draft.version}")
    return draft


@transaction.atomic
def put_in_force(*, version: int, by: Actor) -> PrivacyNotice:
    """Another person than the drafter decides. Raises NotAllowed, NotVisible, Conflict."""
    _allow(by)
    draft = PrivacyNotice.objects.select_for_update().filter(version=version).first()
    if draft is None:
        raise NotVisible
    if draft.effective_at is not None:
        raise Conflict(_("这一版已经生效"))
    if draft.drafted_by_id == by.user_id:
        raise NotAllowed(_("起草人不能自己批准，请由另一人核对后生效"))
    draft.decided_by_id, draft.effective_at = by.user_id, clock.now()
    draft.save(update_fields=["decided_by", "effective_at"])
    audit(actor_id=by.user_id, action="privacy_in_force", object_label=f"v{version}")
    return draft


def agree(*, notice: PrivacyNotice, user_id: int) -> None:
    """Keep that the citizen agreed; once for a version."""
    Consent.objects.get_or_create(notice=notice, user_id=user_id, withdrawn_at=None, defaults={"at": clock.now()})


@transaction.atomic
def withdraw_consent(*, user_id: int) -> int:
    """From now on: what was done before stays done, and nothing more is sent. Returns how many were withdrawn."""
    choose_news(user_id=user_id, wants=False)
    forget_told(user_id)
    return Consent.objects.filter(user_id=user_id, withdrawn_at=None).update(withdrawn_at=clock.now())


def _allow(by: Actor) -> None:
    if not may_write_notices(by):
        raise NotAllowed
