"""Refusals of what citizens and platforms send, each with its stable code."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed


class NotSigned(DomainError):
    """The request is not signed by a key that is in force."""

    status: ClassVar[int] = 401
    code = "not_signed"
    message = _("请求没有有效的签名")


class Unsuitable(Invalid):
    """The message is not what was agreed upon; ``fields`` names each place by JSON pointer."""

    status: ClassVar[int] = 422
    code = "schema_mismatch"
    message = _("报文不符合约定的格式")


class TooLarge(DomainError):
    status: ClassVar[int] = 413
    code = "too_large"
    message = _("报文超过 256 KB")


class TooMany(DomainError):
    status: ClassVar[int] = 429
    code = "rate_limit"
    message = _("请求过于频繁，请稍后再试")


class Replayed(Conflict):
    code = "nonce_reused"
    message = _("该请求已经收到过，请用新的随机数重新签名")


class NotOfNetwork(NotAllowed):
    code = "network_not_allowed"
    message = _("该网络地址不在允许的范围内")


class Blocked(NotAllowed):
    """Kept out for a while; ``until``, ``reason`` and ``block`` (for an appeal) tell how it is."""

    code = "blocked"
    message = _("从这里提交的内容暂时不接收")


class KeyRefused(NotAllowed):
    """The request names no key that is in force."""

    code = "api_key_refused"
    message = _("api_key 无效、过期或已停用")


class NotByAddress(DomainError):
    """Asked for by its address, where a button of a page is to be pressed."""

    status: ClassVar[int] = 405
    code = "method_not_allowed"
    message = _("这一步要在原来的页面上点按钮完成，请从首页重新进入。")


class NotOfMailbox(NotAllowed):
    code = "sender_not_allowed"
    message = _("该邮箱不接收此发件人的来信")


class BatchMoved(Conflict):
    code = "batch_moved"
    message = _("这次导入的状态已经变化，请刷新查看")
