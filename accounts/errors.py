"""Refusals of accounts, each with a stable code."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, DomainError, NotAllowed, NotSignedIn


class BadCredentials(NotSignedIn):
    code = "bad_credentials"
    message = _("用户名或密码不正确")


class TokenInvalid(NotSignedIn):
    code = "token_invalid"
    message = _("令牌无效或已过期，请重新获取")


class SignInLocked(DomainError):
    status: ClassVar[int] = 429
    code = "sign_in_locked"
    message = _("登录失败次数过多，账号已暂时锁定，请稍后再试")


class CsrfFailed(NotAllowed):
    code = "csrf_failed"
    message = _("页面停留过久或来源不可信，请刷新后重试")


class IdempotencyKeyInvalid(DomainError):
    code = "idempotency_key_invalid"
    message = _("Idempotency-Key 须为 1 至 200 个可见 ASCII 字符")


class IdempotencyKeyReused(DomainError):
    status: ClassVar[int] = 422
    code = "idempotency_key_reused"
    message = _("同一 Idempotency-Key 已用于另一份内容")


class IdempotencyInFlight(Conflict):
    code = "idempotency_in_flight"
    message = _("相同的请求正在处理，请稍后再试")


class TryAgain(DomainError):
    """A passing hiccup of the database; the same request may succeed in a moment."""

    status: ClassVar[int] = 503
    code = "try_again"
    message = _("系统繁忙，请稍后重试")


class DraftNotOpen(Conflict):
    code = "draft_not_open"
    message = _("已提交或已有结论的草稿不能修改，请先撤回或另建草稿")


class DraftDecided(Conflict):
    code = "draft_decided"
    message = _("这份草稿不在待审批状态，请刷新查看")


class DraftStale(Conflict):
    code = "draft_stale"
    message = _("这份草稿在您查看之后已重新提交，请看过现在的内容再审批")


class SecondPersonNeeded(NotAllowed):
    code = "second_person_needed"
    message = _("起草人不能审批自己的草稿，请由另一人审批")


class PasswordChangeRequired(NotAllowed):
    """Signed in with a one-time password: everything else waits until it is changed."""

    code = "password_change_required"
    message = _("首次登录须先修改一次性密码")


class OneTimePasswordExpired(NotSignedIn):
    code = "one_time_password_expired"
    message = _("一次性密码已过期，请联系管理员重新发放")


class UsernameTaken(Conflict):
    code = "username_taken"
    message = _("用户名已被占用")


class OfficerUntouchable(NotAllowed):
    """The accounts of the three officers are kept on the command line only."""

    code = "officer_untouchable"
    message = _("三员账号不在此处管理")
