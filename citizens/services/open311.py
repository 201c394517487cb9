"""What programs write: a report, or a sentence to a report of theirs. Of who stands behind them nothing is kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from citizens.models import ApiKey, ProgramReport, ProgramUpdate, Receipt
from citizens.selectors.open311 import community_named, public_service
from citizens.services.following import act_with
from citizens.services.reporting import report_publicly
from grids.selectors.people import passer_by
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.errors import Invalid, NotVisible
from workorders import services as work

SALT = "citizens.open311.token"
LONGEST_ID, LONGEST_LINK, LONGEST_UPDATE = 64, 500, 1000
# What a report calls a field, and what Open311 does.
NAMES = {
    "words": "description", "address": "address_string", "lon": "long", "category": "service_code",
    "comment": "description", "title": "description",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Accepted:
    """``code`` is what the reporter follows it by; ``token`` what a program may ask its number by."""

    report: ProgramReport
    code: str

    @property
    def receipt(self) -> Receipt:
        return self.report.receipt

    @property
    def token(self) -> str:
        return signing.dumps(self.report.pk, salt=SALT)


def request_service(*, key: ApiKey, told: Mapping[str, str], client_key: str = "") -> Accepted:
    """Make the report, or return what the same ``client_key`` of this key was given before.

    ``told`` as Open311 names it. Raises Invalid by field and NotVisible for a service that there is not.
    """
    category = told.get("service_code", "")
    if not category:
        raise Invalid(fields={"service_code": [_("没有填写")]})
    service = public_service(category)
    if service is None:
        raise NotVisible(_("service_code 没有找到：%(code)s") % {"code": category[:40]})
    link = _link(told.get("media_url", ""))
    place = _place(told)
    words = told.get("description", "").strip() or service.name
    try:
        with transaction.atomic():
            receipt, code = report_publicly(
                by=passer_by(),
                client_key=_own(key, client_key),
                told={"words": words, "category": category, **place},
            )
            report, new = ProgramReport.objects.get_or_create(receipt=receipt, defaults={"key": key, "media_url": link})
            if new and link:
                _tell_link(receipt, link)
    except Invalid as error:
        raise Invalid(fields={NAMES.get(name, name): texts for name, texts in error.fields.items()}) from error
    return Accepted(report, code)


def add_update(*, key: ApiKey, number: str, update_id: str, words: str) -> str:
    """Add a sentence to a report of this key, once for an ``update_id``; returns that. Raises NotVisible, Invalid."""
    words, update_id = words.strip(), update_id.strip() or str(uuid.uuid4())
    if not 1 <= len(words) <= LONGEST_UPDATE:
        raise Invalid(fields={"description": [_("请写 1 到 %(most)d 个字") % {"most": LONGEST_UPDATE}]})
    if len(update_id) > LONGEST_ID or not update_id.isprintable():
        raise Invalid(fields={"update_id": [_("最多 %(most)d 个字") % {"most": LONGEST_ID}]})
    if not number.isprintable():
        raise Invalid(fields={"service_request_id": [_("没有这样的编号")]})
    with transaction.atomic():
        found = ProgramReport.objects.select_for_update(of=("self",)).select_related("receipt")
        report = found.filter(key=key, receipt__order__number=number[:24]).first()
        if report is None:
            raise NotVisible(_("service_request_id 没有找到，或不是用这个密钥上报的"))
        _kept, new = ProgramUpdate.objects.get_or_create(
            report=report, update_id=update_id, defaults={"at": clock.now()}
        )
        if new:
            act_with(receipt=report.receipt, deed="comment", words=words)
    return update_id


def report_of_token(token: str) -> ProgramReport:
    """The report for which a token was given. Raises NotVisible."""
    try:
        pk = int(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotVisible(_("token 没有找到")) from error
    found = ProgramReport.objects.select_related("receipt__order").filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("token 没有找到"))
    return found


def _own(key: ApiKey, client_key: str) -> uuid.UUID:
    """A key of the receipt that no other program can name."""
    if not client_key:
        return uuid.uuid4()
    if len(client_key) > LONGEST_ID or not client_key.isprintable():
        raise Invalid(fields={"client_key": [_("最多 %(most)d 个字") % {"most": LONGEST_ID}]})
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{SALT}:{key.claim_digest}:{client_key}")


def _place(told: Mapping[str, str]) -> dict[str, str | float]:
    """``lat`` and ``long``, or an address, or the code of a community. Raises Invalid."""
    lat, long = told.get("lat", "").strip(), told.get("long", "").strip()
    address, community = told.get("address_string", "").strip(), told.get("address_id", "").strip()
    if community and not address:
        address = community_named(community)
        if not address:
            raise Invalid(fields={"address_id": [_("没有这个社区代码")]})
    if not lat and not long:
        if not address:
            raise Invalid(fields={"lat": [_("lat 和 long、address_string、address_id 至少要有一种")]})
        return {"address": address}
    return {"address": address, "lat": _degrees("lat", lat, 90), "lon": _degrees("long", long, 180)}


def _degrees(name: str, text: str, most: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) <= most:
        raise Invalid(fields={name: [_("应是 WGS-84 的度数，lat 和 long 要一起填")]})
    return number


def _link(text: str) -> str:
    """Kept and shown to staff as text: what lies there is never fetched."""
    link = text.strip()
    if link and not (
        len(link) <= LONGEST_LINK and link.isprintable() and link.lower().startswith(("http://", "https://"))
    ):
        raise Invalid(fields={"media_url": [_("应是 http 或 https 的网址，不超过 500 个字")]})
    return link


def _tell_link(receipt: Receipt, link: str) -> None:
    text = _("反映人附了一个链接，系统没有打开过它：%(link)s") % {"link": link}
    work.advance(order_id=receipt.order_id, action="comment", by=SYSTEM, data={"comment": text})
