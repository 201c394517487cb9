"""What a person types to sign in."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User, UserKind


class SignInForm(AuthenticationForm):
    error_messages = {  # noqa: RUF012 -- Django reads it as a class's own.
        "invalid_login": _("用户名或密码不正确, 请核对后重试 (区分大小写)"),
        "inactive": _("此账号已停用, 请联系系统管理员"),
    }

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if user.kind == UserKind.SOURCE:
            raise forms.ValidationError(_("此账号属于来源平台, 只能通过接口使用"), code="source_account")
