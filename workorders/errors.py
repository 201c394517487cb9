"""Refusals about orders, each with its own stable code."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotVisible, StaleVersion, WrongState

__all__ = [
    "AlreadyAssigned",
    "Archived",
    "Conflict",
    "DomainError",
    "Invalid",
    "NotAllowed",
    "NotIndependent",
    "NotVisible",
    "RequestOpen",
    "SamePerson",
    "StaleVersion",
    "Unmet",
    "WrongState",
]


class Unmet(WrongState):
    """The status would allow the move, a need of every row does not; ``code`` names the need."""

    code = "need_not_met"


class SamePerson(NotAllowed):
    code = "same_person"
    message = _("申请人本人不能审批，请由另一人处理")


class NotIndependent(NotAllowed):
    """Who handled may not check; who dispatched may not arbitrate."""

    code = "not_independent"
    message = _("参与处置的单位或人员不能核查本工单")


class RequestOpen(Conflict):
    code = "request_open"
    message = _("同类申请正在审批中")


class AlreadyAssigned(Conflict):
    code = "already_assigned"
    message = _("该单位已在承办此工单")


class AttachmentRefused(DomainError):
    status: ClassVar[int] = 400
    code = "attachment_refused"
    message = _("附件不符合要求")


class Archived(Conflict):
    code = "archived"
    message = _("本工单的办理过程已归档，如需查看或办理，请联系系统管理员恢复所在月份")
