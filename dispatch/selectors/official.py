"""What an official document of supervision says, in the parts that GB/T 9704 names. The forms draw it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.workclock import SHANGHAI
from dispatch.models import SupervisionOrder, SupervisionReply
from dispatch.models.supervision import Ground
from dispatch.rules.supervision import DocumentKind, Verdict
from dispatch.rules.typesetting import in_characters
from dispatch.selectors.supervision import TIERS, official_of


@dataclass(frozen=True, slots=True)
class Paper:
    """``whole`` are names that stay in one line."""

    head: str
    number: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    attachments: tuple[str, ...]
    issuer: str
    date: str
    copies: str
    synthetic: bool
    whole: tuple[str, ...]


def paper_of(document: SupervisionOrder, replies: list[SupervisionReply], pictures: int) -> Paper:
    """Needs what ``document_for`` loads. ``pictures`` is how many the order has."""
    issuer = _issuer(document)
    unit = document.unit.name if document.unit else _("有关单位")
    order, kind = document.order, document.get_kind_display()
    street = str(order.street) if order.street else ""
    copies = (order.street.name,) if order.street and order.street.name not in unit else ()
    return Paper(
        head=_("%s文件") % issuer,
        number=official_of(document),
        title=_("关于“%(title)s”的%(kind)s") % {"title": order.text.title, "kind": kind},
        addressee=unit,
        paragraphs=tuple(_paragraphs(document, replies)),
        attachments=tuple(_attachments(pictures, order.number)),
        issuer=issuer,
        date=_day(document),
        copies="、".join((*copies, _("区联勤工作领导小组办公室"))),
        synthetic=bool(document.unit and document.unit.synthetic) or document.district.synthetic,
        whole=tuple(name for name in (issuer, unit, street, order.number) if name),
    )


def _issuer(document: SupervisionOrder) -> str:
    return document.issuer_unit.name if document.issuer_unit else f"{document.district.name}联勤指挥中心"


def _day(document: SupervisionOrder) -> str:
    local = timezone.localtime(document.raised_at, SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def _moment(value: object) -> str:
    local = timezone.localtime(value, SHANGHAI)  # type: ignore[arg-type]
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def _paragraphs(document: SupervisionOrder, replies: list[SupervisionReply]) -> Iterator[str]:
    order = document.order
    place = order.text.address or (str(order.street) if order.street else _("位置待确定"))
    yield _("%(at)s，我区受理反映“%(title)s”的事项（工单号%(number)s），地点为%(place)s，现由%(holder)s负责办理。") % {
        "at": _moment(order.reported_at),
        "title": order.text.title,
        "number": order.number,
        "place": place,
        "holder": order.holder.name if order.holder else _("原承办单位"),
    }
    if document.kind == DocumentKind.ACCOUNTABILITY:
        yield from _accountability(document)
    else:
        yield from _demanding(document)
    yield from _answered(replies)


def _demanding(document: SupervisionOrder) -> Iterator[str]:
    yield _opening(document)
    for number, line in enumerate(filter(None, map(str.strip, document.demands.splitlines())), 1):
        yield f"{in_characters(number)}、{line}"
    if document.reply_due_at:
        yield _("请于%s前将办理情况书面答复本中心，答复须写明原因、措施、办结时间和责任人。") % _moment(
            document.reply_due_at
        )


def _opening(document: SupervisionOrder) -> str:
    """Why and what; what a person ordered has no deadline that was missed to point to."""
    if document.reason != Ground.BY_HAND:
        return _("截至%(at)s，该事项%(reason)s。现予%(what)s，请按以下要求办理：") % {
            "at": _moment(document.raised_at),
            "reason": document.get_reason_display(),
            "what": TIERS.get(document.tier) or _("催办"),
        }
    if document.kind == DocumentKind.REMINDER:
        return _("为加快该事项办理进度，现予催办，请按以下要求办理：")
    told = {"issuer": _issuer(document), "what": TIERS[document.tier]}
    return _("经%(issuer)s研究，现就该事项予以%(what)s，请按以下要求办理：") % told


def _accountability(document: SupervisionOrder) -> Iterator[str]:
    record = document.accountability
    yield _("一、事实。%s") % record.facts
    if record.after:
        yield _("上述事项曾发出三级督办（%s），逾期仍未落实。") % record.after.number
    yield _("二、建议意见。%s") % record.opinion
    yield _("三、建议处理方式：%s。") % record.get_measure_display()
    if record.decided_at:
        yield _("四、决定。%(text)s（%(at)s）") % {"text": record.decision, "at": _moment(record.decided_at)}
    if record.appealed_at:
        yield _("五、申诉与复核。申诉：%(appeal)s 复核：%(review)s") % {
            "appeal": record.appeal,
            "review": record.review or _("复核中"),
        }
    yield _("被问责单位对决定不服的，可在三个工作日内书面申诉一次。")


def _answered(replies: list[SupervisionReply]) -> Iterator[str]:
    for reply in replies:
        yield _("【办理答复】%(unit)s于%(at)s答复：%(text)s") % {
            "unit": reply.unit.name,
            "at": _moment(reply.at),
            "text": reply.text,
        }
        if reply.verdict != Verdict.PENDING:
            yield _("【审定意见】%(verdict)s。%(text)s") % {
                "verdict": reply.get_verdict_display(),
                "text": reply.judgement,
            }


def _attachments(pictures: int, number: str) -> Iterator[str]:
    yield _("工单%s办理流水") % number
    if pictures:
        yield _("现场照片等附件%d件") % pictures
