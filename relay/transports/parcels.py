"""A message as its receiver wants it, and what the receiver's answer means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from relay.rules.channels import EXCERPT, Outcome, by_errcode, by_status, clipped
from relay.rules.gateways import STANDARD_BODY, filled, found_at
from relay.transports.signing import dingtalk_sign, signature

NUMBER = re.compile(r"1\d{10}")


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that is needed to send a message once, without the database. ``to`` is a number or a mail address."""

    kind: str
    address: str
    secrets: Mapping[str, str]
    options: Mapping[str, Any]
    key: str
    subject: str
    text: str
    url: str = ""
    to: str = ""
    template: str = ""
    is_urgent: bool = False

    @property
    def whole(self) -> str:
        """What a reader sees where there is one text only."""
        return clipped("\n".join(part for part in (self.text, self.url) if part))


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request."""

    address: str
    body: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)


def call_of(parcel: Parcel, seconds: float) -> Call:
    """The request that delivers a parcel at the wall-clock time ``seconds``."""
    made = MAKERS[parcel.kind](parcel, seconds)
    common = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": parcel.key}
    return Call(made.address, made.body, made.method, {"User-Agent": "Lianqin", **made.headers, **common})


def _wecom(parcel: Parcel, seconds: float) -> Call:
    body = {"msgtype": "text", "text": {"content": parcel.whole}}
    return Call(_with(parcel.address, key=parcel.secrets["key"]), _json(body))


def _dingtalk(parcel: Parcel, seconds: float) -> Call:
    stamp = int(seconds * 1000)
    address = _with(parcel.address, access_token=parcel.secrets["access_token"])
    address += f"&timestamp={stamp}&sign={dingtalk_sign(parcel.secrets['secret'], stamp)}"
    return Call(address, _json({"msgtype": "text", "text": {"content": parcel.whole}}))


def _sms(parcel: Parcel, seconds: float) -> Call:
    options = parcel.options
    values = {
        "address": parcel.to, "subject": parcel.subject, "text": parcel.text, "url": parcel.url, "key": parcel.key,
        "timestamp": str(int(seconds)),
    }  # fmt: skip
    body = _json(filled(json.loads(options.get("body") or STANDARD_BODY), values))
    headers = filled(dict(options.get("headers") or {}), values)
    if options.get("sign_header") and parcel.secrets.get("secret"):
        text = filled(options.get("sign_text") or "{timestamp}\n{body}", {**values, "body": body})
        headers[options["sign_header"]] = signature(
            parcel.secrets["secret"], text, options.get("sign_encoding") or "hex"
        )
        headers["X-Timestamp"] = values["timestamp"]
    return Call(parcel.address, body, options.get("method") or "POST", headers)


def _webhook(parcel: Parcel, seconds: float) -> Call:
    stamp = str(int(seconds))
    body = _json(
        {
            "id": parcel.key, "kind": parcel.template, "urgent": parcel.is_urgent, "subject": parcel.subject,
            "text": parcel.text, "url": parcel.url,
        }
    )  # fmt: skip
    signed = "sha256=" + signature(parcel.secrets["secret"], f"{stamp}.{body}")
    return Call(parcel.address, body, headers={"X-Lianqin-Timestamp": stamp, "X-Lianqin-Signature": signed})


MAKERS = {"wecom": _wecom, "dingtalk": _dingtalk, "sms": _sms, "webhook": _webhook}


def outcome_of(parcel: Parcel, status: int, answer: str, *, wish: float) -> Outcome:
    """What became of it, by the answer; a robot's 200 says no more than its errcode."""
    excerpt = excerpt_of(answer, parcel.to)
    plain = by_status(status, excerpt, wish=wish)
    if not plain.is_sent or parcel.kind == "webhook":
        return plain
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if parcel.kind in ("wecom", "dingtalk"):
        return by_errcode(found.get("errcode") if isinstance(found, dict) else None, excerpt)
    path = parcel.options.get("success_path")
    if not path or str(found_at(found, path)) == str(parcel.options.get("success_value", "0")):
        return plain
    return Outcome(is_sent=False, code=f"{status}/{str(found_at(found, path))[:12]}", excerpt=excerpt)


def excerpt_of(answer: str, to: str) -> str:
    """The beginning of an answer, without numbers that one could call."""
    words = " ".join(answer.replace("\x00", "").split())
    words = words.replace(to, "…") if to else words
    return NUMBER.sub("…", words)[:EXCERPT]


def _with(address: str, **query: str) -> str:
    joined = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{address}{'&' if '?' in address else '?'}{joined}"


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
