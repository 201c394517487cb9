"""What may be configured of a channel, by kind, and how a gateway's own form of a message is filled in. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

# What a gateway's body, headers and signed text may name.
PLACEHOLDERS = ("address", "subject", "text", "url", "key", "timestamp")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
# Ours, or such as would make another request of it.
OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "idempotency-key"})
METHODS = ("POST", "PUT")
ENCODINGS = ("hex", "base64")
# The secrets of each kind: name -> needed.
SECRETS: Mapping[str, Mapping[str, bool]] = {
    "wecom": {"key": True},
    "dingtalk": {"access_token": True, "secret": True},
    "sms": {"secret": False},
    "mail": {"username": False, "password": False},
    "webhook": {"secret": True},
}
OPTIONS: Mapping[str, frozenset[str]] = {
    "wecom": frozenset(),
    "dingtalk": frozenset(),
    "sms": frozenset(
        {"method", "headers", "body", "success_path", "success_value", "sign_header", "sign_text", "sign_encoding"}
    ),
    "mail": frozenset({"sender", "starttls"}),
    "webhook": frozenset(),
}  # fmt: skip
STANDARD_ADDRESSES: Mapping[str, str] = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
    "dingtalk": "https://oapi.dingtalk.com/robot/send",
}
STANDARD_BODY = '{"phone": "{address}", "content": "{text}", "id": "{key}"}'


def faults(kind: str, options: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the options of a channel: name -> why."""
    found = {name: _("不支持的参数") for name in options if name not in OPTIONS[kind]}
    if kind == "sms":
        found |= _faults_of_gateway(options)
    if kind == "mail" and not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", str(options.get("sender", ""))):
        found["sender"] = _("请填写发件地址")
    return found


def _faults_of_gateway(options: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    if options.get("method", "POST") not in METHODS:
        found["method"] = _("请选择 POST 或 PUT")
    headers = options.get("headers", {})
    if not isinstance(headers, dict) or not all(
        isinstance(value, str) and HEADER.fullmatch(name) and name.lower() not in OWN_HEADERS and value.isprintable()
        for name, value in headers.items()
    ):
        found["headers"] = _("请求头不合规")
    try:
        body = json.loads(str(options.get("body", STANDARD_BODY)))
    except ValueError:
        found["body"] = _("不是有效的 JSON")
    else:
        if "{address}" not in json.dumps(body) or "{text}" not in json.dumps(body):
            found["body"] = _("须包含 {address} 和 {text}")
    texts = {"body": str(options.get("body", "")), "sign_text": str(options.get("sign_text", ""))}
    for name, text in texts.items():
        allowed = (*PLACEHOLDERS, "body") if name == "sign_text" else PLACEHOLDERS
        strange = sorted(set(PLACEHOLDER.findall(text)) - set(allowed))
        if strange:
            found[name] = _("未知的占位符：%s") % "、".join(strange)
    if options.get("sign_header") and not HEADER.fullmatch(str(options["sign_header"])):
        found["sign_header"] = _("请求头不合规")
    if options.get("sign_encoding", "hex") not in ENCODINGS:
        found["sign_encoding"] = _("请选择 hex 或 base64")
    return found


def filled(shape: Any, values: Mapping[str, str]) -> Any:
    """A JSON value with its texts filled in; what a value contains is never read as a placeholder."""
    if isinstance(shape, str):
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), shape)
    if isinstance(shape, list):
        return [filled(each, values) for each in shape]
    if isinstance(shape, dict):
        return {name: filled(each, values) for name, each in shape.items()}
    return shape


def found_at(answer: Any, path: str) -> Any:
    """What stands at ``data.0.code`` in an answer; None if nothing."""
    for step in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return None
    return answer
