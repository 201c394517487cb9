"""Sign in, sign out, my account; and how refusals look on a page."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.template import loader
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from accounts import services
from accounts.api.problems import Refusal, as_refusal, internal, problem_response
from accounts.errors import CsrfFailed, SignInLocked
from accounts.forms import NewPasswordForm, SignInForm
from accounts.models import User, UserKind
from accounts.selectors import actor_of, client_ip, posts_of
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.replicas import lagging


class LaggingMixin(View):
    """A page that a replica may answer, after ``LoginRequiredMixin``. It says itself where its stream goes on from."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        handle = super().dispatch
        if request.method not in ("GET", "HEAD") or not self.may_lag(**kwargs):
            return handle(request, *args, **kwargs)
        # Who asks is known from the primary; only what they ask for may lag.
        return lagging(handle, request, actor_of(request).user_id)(request, *args, **kwargs)

    def may_lag(self, **kwargs: Any) -> bool:
        return True


TITLES = {
    400: gettext_lazy("请求无法处理"),
    401: gettext_lazy("请先登录"),
    403: gettext_lazy("没有权限"),
    404: gettext_lazy("没有找到"),
    409: gettext_lazy("情况已经变化"),
    429: gettext_lazy("请稍后再试"),
    500: gettext_lazy("系统出错了"),
    503: gettext_lazy("系统繁忙"),
}


class SignInView(LoginView):
    template_name = "accounts/signin.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        if isinstance(user, User) and user.officer:
            return reverse(settings.LIANQIN_OFFICER_HOMES.get(user.officer, "admin:index"))
        if isinstance(user, User) and user.kind == UserKind.CITIZEN:
            return reverse(settings.LIANQIN_CITIZEN_HOME)
        return resolve_url("/")


class SignOutView(LogoutView):
    http_method_names = ["post", "options"]  # noqa: RUF012 -- Django's own attribute.

    def get_default_redirect_url(self) -> str:
        return reverse("accounts:signin")


@method_decorator(never_cache, name="dispatch")
class AccountView(LoginRequiredMixin, TemplateView):
    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(posts=posts_of(self.request.user), **kwargs)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class PasswordView(LoginRequiredMixin, FormView[NewPasswordForm]):
    template_name = "accounts/password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("accounts:account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(first=isinstance(user, User) and user.must_change_password, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        user = form.user
        assert isinstance(user, User)
        services.change_password(user=user, password=form.cleaned_data["new_password1"], ip=client_ip(self.request))
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("密码已修改，其他设备上的登录和令牌已失效"))
        return super().form_valid(form)


def refuse(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """The refusal as problem details for programs, as a page for people."""
    if request.path.startswith("/api/"):
        return problem_response(refusal, path=request.path)
    if refusal.status < 500:
        for beginning, page in settings.LIANQIN_REFUSAL_PAGES.items():
            if request.path.startswith(beginning):
                told: HttpResponse = import_string(page)(request, refusal, TITLES.get(refusal.status, TITLES[400]))
                return told
    named = {"csrf_failed": "403_csrf.html", 400: "400.html", 403: "403.html", 404: "404.html", 500: "500.html"}
    template = named.get(refusal.code) or named.get(refusal.status) or "accounts/refusal.html"
    context = {
        "status": refusal.status,
        "title": TITLES.get(refusal.status, TITLES[400]),
        "message": refusal.message,
        "reference": refusal.extra.get("reference", ""),
    }
    # Without the request: whatever failed may fail again in a context processor.
    body = loader.render_to_string(template, context)
    response = HttpResponse(body, status=refusal.status)
    if refusal.status == 503:
        response["Retry-After"] = "1"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, as_refusal(exception) or Refusal(400, "malformed", _("请求内容无法解析")))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, NotAllowed())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, NotVisible())


def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever nobody caught: a passing hiccup is 503, the rest 500 with an id and no details."""
    return refuse(request, as_refusal(sys.exc_info()[1]) or internal(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refuse(request, CsrfFailed())


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Answer a sign-in of an account that is locked after too many failures."""
    refusal = SignInLocked(retry_after=int(settings.AXES_COOLOFF_TIME.total_seconds()))
    if request.path.startswith("/api/"):
        return problem_response(refusal, path=request.path)
    form = SignInForm(request, initial={"username": request.POST.get("username", "")})
    page = render(request, "accounts/signin.html", {"form": form, "locked": refusal.message}, status=refusal.status)
    page["Retry-After"] = str(refusal.extra["retry_after"])
    return page
