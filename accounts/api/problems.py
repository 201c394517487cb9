"""Every error of the API as RFC 9457 problem details with a stable ``code``."""

from __future__ import annotations

import logging
import sys
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core import exceptions as django_errors
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signals import got_request_exception
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from accounts.errors import TokenInvalid, TryAgain
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotSignedIn, NotVisible

logger = logging.getLogger("lianqin.problems")
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refusal(DomainError):
    """A refusal of HTTP itself, with its own status."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message, code=code, **extra)
        self.status = status  # type: ignore[misc]


def as_refusal(error: BaseException | None) -> DomainError | None:
    """The refusal that ``error`` means to the caller; ``None`` if it is a fault of ours."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("database hiccup: %s", error)
        return TryAgain()
    # Half of a surrogate pair is valid JSON and no text.
    if isinstance(error, DataError | UnicodeEncodeError):
        # Its words would hold the value, which may be somebody's name.
        logger.warning("value that cannot be stored: %s", type(error).__name__)
        return Invalid(_("有内容无法保存，请检查后重试"))
    if isinstance(error, drf.APIException):
        return _of_drf(error)
    return _of_django(error)


def _of_django(error: BaseException | None) -> DomainError | None:
    if isinstance(error, Http404):
        return NotVisible()
    if isinstance(error, django_errors.PermissionDenied):
        return NotAllowed()
    if isinstance(error, django_errors.ValidationError):
        by_field = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        return Invalid(fields=by_field)
    if isinstance(error, django_errors.RequestDataTooBig):
        return Refusal(413, "too_large", _("提交的内容过大"))
    if isinstance(error, django_errors.SuspiciousOperation | UnreadablePostError):
        return Refusal(400, "malformed", _("请求内容无法解析"))
    return None


def _of_drf(error: drf.APIException) -> DomainError | None:
    if isinstance(error, drf.ValidationError):
        return Invalid(fields=flatten(error.detail))
    if isinstance(error, drf.NotAuthenticated):
        return NotSignedIn()
    if isinstance(error, drf.AuthenticationFailed):
        return TokenInvalid()
    if isinstance(error, drf.PermissionDenied):
        return NotAllowed()
    if isinstance(error, drf.NotFound):
        return NotVisible()
    return _of_http(error)


def _of_http(error: drf.APIException) -> DomainError | None:
    if isinstance(error, drf.ParseError):
        return Refusal(400, "malformed", _("请求内容无法解析"))
    if isinstance(error, drf.MethodNotAllowed):
        return Refusal(405, "method_not_allowed", _("此地址不支持该请求方法"))
    if isinstance(error, drf.NotAcceptable):
        return Refusal(406, "not_acceptable", _("无法提供所要求的内容格式"))
    if isinstance(error, drf.UnsupportedMediaType):
        return Refusal(415, "unsupported_media_type", _("不支持此内容类型，请使用 application/json"))
    if isinstance(error, drf.Throttled):
        wait: float | None = error.wait  # type: ignore[attr-defined]
        extra = {} if wait is None else {"retry_after": int(wait) + 1}
        return Refusal(429, "throttled", _("请求过于频繁，请稍后再试"), **extra)
    if error.status_code < 500:
        return Refusal(error.status_code, "invalid", force_str(error.detail))
    return None


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Serializer errors as one level: ``{"place.lon": [...], "items[2].code": [...]}``."""
    if isinstance(detail, Mapping):
        pairs: Iterable[tuple[str, Any]] = ((_below(prefix, name), part) for name, part in detail.items())
    elif isinstance(detail, list) and any(isinstance(part, Mapping | list) for part in detail):
        pairs = ((_below(prefix, index), part) for index, part in enumerate(detail))
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return {prefix or "non_field_errors": [force_str(text) for text in texts]} if texts else {}
    return {name: texts for path, part in pairs for name, texts in flatten(part, path).items()}


def _below(prefix: str, name: object) -> str:
    if isinstance(name, int):
        return f"{prefix}[{name}]"
    return f"{prefix}.{name}" if prefix else str(name)


def problem_response(refusal: DomainError, *, path: str) -> JsonResponse:
    """The refusal as ``application/problem+json``; ``extra`` stands beside the members of the RFC."""
    body: dict[str, Any] = {
        **refusal.extra,
        "type": f"urn:lianqin:problem:{refusal.code}",
        "title": TITLES.get(refusal.status, "Error"),
        "status": refusal.status,
        "detail": str(refusal.message),
        "code": refusal.code,
        "instance": path,
    }
    if refusal.fields:
        body["errors"] = {name: [str(text) for text in texts] for name, texts in refusal.fields.items()}
    response = JsonResponse(
        body,
        status=refusal.status,
        encoder=DjangoJSONEncoder,
        json_dumps_params={"ensure_ascii": False},
        content_type=CONTENT_TYPE,
    )
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Token"
    if refusal.status == 503 or "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra.get("retry_after", RETRY_AFTER_SECONDS))
    return response


def internal(request: HttpRequest) -> DomainError:
    """Log the exception being handled under a new id; say no more than the id."""
    reference = uuid.uuid4().hex[:12]
    logger.error("internal error %s at %s %s", reference, request.method, request.path, exc_info=sys.exc_info())
    return Refusal(500, "internal", _("系统内部错误，请将编号告知管理员"), reference=reference)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> JsonResponse:
    """DRF's handler: an answer to everything, whatever ``DEBUG`` says."""
    set_rollback()
    request: HttpRequest = context["request"]._request
    refusal = as_refusal(error)
    if refusal is None:
        refusal = internal(request)
        got_request_exception.send(sender=type(context["view"]), request=request)
    response = problem_response(refusal, path=request.path)
    if refusal.status == 405:
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response
