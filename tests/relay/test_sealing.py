"""Signatures against vectors that openssl made, secrets under keys that change, addresses as the settings allow."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from relay.rules.channels import clipped, pause_seconds, retry_seconds, wish_of
from relay.rules.gateways import filled
from relay.transports.addresses import Refused, check_address
from relay.transports.sealing import Unreadable, seal, sealed_anew, unseal
from relay.transports.signing import dingtalk_sign, signature


def test_signatures_are_those_of_openssl() -> None:
    assert dingtalk_sign("SECdemo", 1700000000000) == "lOvVf9TQCVugV68mGbSZCg0gzOl1SVjxWi1MyVZCUuA%3D"
    assert signature("key", "hello") == "9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b"
    assert signature("key", "hello", "base64") == "kwezuRXvtRcf8U2MtV+8x5jGwO8UVtZt7RpqpyOli3s="


def test_a_secret_opens_with_any_key_and_is_sealed_with_the_first(settings: Any) -> None:
    settings.LIANQIN_CHANNEL_KEYS = ["old"]
    sealed = seal({"key": "k-1", "empty": ""})
    assert "k-1" not in sealed
    settings.LIANQIN_CHANNEL_KEYS = ["new", "old"]
    assert unseal(sealed) == {"key": "k-1"}
    anew = sealed_anew(sealed)
    settings.LIANQIN_CHANNEL_KEYS = ["new"]
    assert unseal(anew) == {"key": "k-1"}
    with pytest.raises(Unreadable):
        unseal(sealed)
    assert (seal({}), unseal("")) == ("", {})


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", True),
        ("https://QYAPI.weixin.qq.com:443/x", True),
        ("https://qyapi.weixin.qq.com:8443/x", False),
        ("http://qyapi.weixin.qq.com/x", False),
        ("https://qyapi.weixin.qq.com.evil.example/x", False),
        ("https://user:pw@qyapi.weixin.qq.com/x", False),
        ("https://evil.example#@qyapi.weixin.qq.com/", False),
        ("http://10.1.2.3:8080/sms", True),
        ("http://10.1.2.3/sms", False),
        ("http://127.0.0.1/", False),
        ("http://[::1]:9000/x", True),
        ("http://[::1]:9001/x", False),
        ("file:///etc/passwd", False),
        ("https://qyapi.weixin.qq.com:x/", False),
        ("", False),
    ],
)
def test_addresses(settings: Any, address: str, allowed: bool) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = ["qyapi.weixin.qq.com", "http://10.1.2.3:8080", "http://[::1]:9000"]
    if allowed:
        check_address(address)
    else:
        with pytest.raises(Refused):
            check_address(address)


def test_figures_of_patience() -> None:
    now = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
    assert [retry_seconds(n, jitter=1) for n in (1, 2, 3, 8, 40)] == [5, 10, 20, 640, 1800]
    assert retry_seconds(1, jitter=0) == 2.5
    assert retry_seconds(1, wish=90, jitter=1) == 90
    assert retry_seconds(1, wish=99_999, jitter=1) == 3600
    assert [pause_seconds(n) for n in (0, 1, 2, 9)] == [30, 60, 120, 900]
    assert wish_of("120", now) == 120
    assert wish_of("Sun, 22 Nov 2026 04:02:00 GMT", now) == 120
    assert [wish_of(text, now) for text in ("", "soon", "-5", "Sat, 21 Nov 2026 04:00:00 GMT")] == [0, 0, 0, 0]


def test_texts_are_cut_between_characters_and_filled_once() -> None:
    assert clipped("派单", 6) == "派单"
    assert clipped("派单派单", 7) == "派…"
    assert filled({"a": ["{text}", 1]}, {"text": "{key}", "key": "k"}) == {"a": ["{key}", 1]}
