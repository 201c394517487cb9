"""What this part keeps about a citizen."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from citizens.models import Consent, Contact, Receipt, Satisfaction
from citizens.pages.following import questions
from citizens.registry import Kept, keeps
from citizens.rules.codes import spelled
from citizens.services.receipts import code_of_receipt
from workorders.models import ReporterContact, WorkOrder


@keeps("account", place=10)
def account(user_id: int) -> Kept:
    user = User.objects.select_related("contact").get(pk=user_id)
    contact: Contact | None = getattr(user, "contact", None)
    rows = [(_("称呼"), user.full_name), (_("开始使用"), _day(user.date_joined))]
    if contact is not None:
        rows.insert(1, (_("手机号（加密保存）"), contact.shown_phone))
        rows.append((_("有进展时发短信"), _("是") if contact.wants_news else _("否")))
    return Kept(_("账号"), tuple(rows))


@keeps("reports", place=20)
def reports(user_id: int) -> Kept:
    own = WorkOrder.objects.filter(reporter_id=user_id).select_related("text").order_by("-pk")
    receipts = Receipt.objects.filter(user_id=user_id).select_related("order__text").order_by("-pk")
    found = {order.pk: order for order in (*own, *(receipt.order for receipt in receipts))}
    rows = ((order.number, f"{order.text.title} · {_day(order.reported_at)}") for order in found.values())
    return Kept(_("反映的问题"), tuple(rows))


@keeps("numbers", place=21)
def numbers(user_id: int) -> Kept:
    """Left with reports to be called back; masked, as everybody sees them."""
    found = ReporterContact.objects.filter(order__reporter=user_id).select_related("order").order_by("-pk")
    return Kept(_("留给工单的电话（加密保存）"), tuple((each.order.number, each.shown_phone) for each in found))


@keeps("receipts", place=22)
def receipts(user_id: int) -> Kept:
    own = Receipt.objects.filter(user_id=user_id).select_related("order").order_by("-pk")
    return Kept(_("回执"), tuple((each.order.number, _of_receipt(each)) for each in own))


@keeps("answers", place=25)
def answers(user_id: int) -> Kept:
    found = Satisfaction.objects.filter(receipt__user_id=user_id).select_related("order").order_by("-pk")
    return Kept(_("评价"), tuple((each.order.number, _answered(each)) for each in found))


@keeps("consents", place=30)
def consents(user_id: int) -> Kept:
    found = Consent.objects.filter(user_id=user_id).select_related("notice").order_by("-pk")
    return Kept(_("同意记录"), tuple((_("隐私告知第 %d 版") % each.notice.version, _told(each)) for each in found))


def _of_receipt(receipt: Receipt) -> str:
    how = _("附议") if receipt.joined else _("上报")
    return f"{how} {_day(receipt.created_at)} · {_('查询码')} {spelled(code_of_receipt(receipt))}"


def _answered(given: Satisfaction) -> str:
    """What was answered, question by question, in the words of the page."""
    told = [f"{each.title}{dict(each.choices).get(each.chosen or 0, _('未回答'))}" for each in questions(given)]
    return "；".join([*told, given.words] if given.words else told)


def _told(consent: Consent) -> str:
    agreed = _("%s 同意") % _day(consent.at)
    return f"{agreed}，{_('%s 撤回') % _day(consent.withdrawn_at)}" if consent.withdrawn_at else agreed


def _day(moment: object) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]
