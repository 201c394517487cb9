"""What a person types to sign in."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from accounts.errors import OneTimePasswordExpired
from accounts.models import User, UserKind
from lianqin.kernel import clock


class SignInForm(AuthenticationForm):
    error_messages = {  # noqa: RUF012 -- Django reads it as a class's own.
        "invalid_login": _("用户名或密码不正确，请核对后重试（区分大小写）"),
        "inactive": _("此账号已停用，请联系系统管理员"),
    }

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if user.kind == UserKind.SOURCE:
            raise forms.ValidationError(_("此账号属于来源平台，只能通过接口使用"), code="source_account")
        if user.one_time_until is not None and user.one_time_until <= clock.now():
            raise forms.ValidationError(OneTimePasswordExpired.message, code=OneTimePasswordExpired.code)


class NewPasswordForm(PasswordChangeForm):
    """A new password that is another one: who keeps the one-time password keeps what somebody else has seen."""

    def clean_new_password1(self) -> str:
        new: str = self.cleaned_data["new_password1"]
        if new == self.cleaned_data.get("old_password"):
            raise forms.ValidationError(_("新密码不能与当前密码相同"), code="password_unchanged")
        return new
