"""Refusals: one class per kind of answer, one stable code per reason, the same on every surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """A refusal that a person can act on. Subclasses set ``status`` (HTTP), ``code`` and ``message``."""

    status: ClassVar[int] = 400
    code: str = "invalid"
    message: Text = _("请求无法处理")

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[Text]] | None = None,
        **extra: Any,
    ) -> None:
        self.message = message if message is not None else type(self).message
        self.code = code or type(self).code
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}
        self.extra = extra
        super().__init__(str(self.message))

    @property
    def texts(self) -> list[str]:
        """What is wrong, field by field; the message where it is no field's."""
        return [str(text) for texts in self.fields.values() for text in texts] or [str(self.message)]


class Invalid(DomainError):
    """A field is missing or wrong; ``fields`` names each with its remedy."""

    code = "invalid"
    message = _("有内容需要更正")


class FileRefused(Invalid):
    """A file that cannot be read; the message says what to do about it."""

    code = "file_refused"
    message = _("文件无法读取")


class NotSignedIn(DomainError):
    status = 401
    code = "not_signed_in"
    message = _("请先登录")


class NotAllowed(DomainError):
    status = 403
    code = "permission_denied"
    message = _("您没有进行此操作的权限")


class NotVisible(DomainError):
    """What one may not see does not exist for one."""

    status = 404
    code = "not_found"
    message = _("没有找到，或您无权查看")


class Conflict(DomainError):
    status = 409
    code = "conflict"
    message = _("情况已经变化，请刷新后再试")


class StaleVersion(Conflict):
    """The order moved on since the user looked at it."""

    code = "stale_version"
    message = _("工单已被他人更新，请查看最新情况后再操作")


class WrongState(Conflict):
    """No row of the transition table allows this move."""

    code = "transition_not_allowed"
    message = _("工单当前状态不允许此操作")
