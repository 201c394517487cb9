"""Send a parcel: one call to the outside, over when its time is over."""

from __future__ import annotations

import asyncio
import datetime as dt
import smtplib
import ssl
import time
from functools import cache

import httpx

from relay.rules.channels import ANSWER_BYTES, CALL_SECONDS, CONNECT_SECONDS, Outcome, by_status, wish_of
from relay.transports.addresses import Refused, check_address
from relay.transports.mailing import Trip, mail
from relay.transports.parcels import Call, Parcel, call_of, excerpt_of, outcome_of


async def send(parcel: Parcel, *, seconds: float | None = None) -> Outcome:
    """Try once; every fault is an outcome. A receiver that drips is cut off like one that is silent."""
    limit = CALL_SECONDS if seconds is None else seconds
    try:
        if parcel.kind == "mail":
            check_address(parcel.address, ("smtp", "smtps"))
            return await _mail(parcel, limit)
        async with asyncio.timeout(limit):
            check_address(parcel.address)
            return await _call(parcel, call_of(parcel, time.time()))
    except Refused:
        return Outcome(is_sent=False, code="refused", excerpt="地址不在允许的范围内", is_final=True)
    except TimeoutError:
        return Outcome(is_sent=False, code="timeout", excerpt=f"{limit:g} 秒内没有应答")
    except KeyError as error:
        return Outcome(is_sent=False, code="incomplete", excerpt=f"缺少密钥 {error}", is_final=True)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, smtplib.SMTPException) as error:
        return Outcome(is_sent=False, code="network", excerpt=_fault(error))


async def _mail(parcel: Parcel, limit: float) -> Outcome:
    """Nothing leaves once this returns or is given up; a mail that left by then is not sent again by itself."""
    trip = Trip()
    try:
        async with asyncio.timeout(limit):
            return await asyncio.to_thread(mail, parcel, limit, trip)
    except OSError:  # Of time and of SMTP as well.
        fate = trip.end()
        if fate is None:
            raise
        return fate
    finally:
        trip.end()


async def call_plainly(call: Call, *, seconds: float = CALL_SECONDS) -> Outcome:
    """Make one call that is no message of a channel; every fault is an outcome, as in :func:`send`."""
    try:
        async with asyncio.timeout(seconds):
            check_address(call.address)
            status, answer, wish = await _answer(call)
    except Refused:
        return Outcome(is_sent=False, code="refused", excerpt="地址不在允许的范围内", is_final=True)
    except TimeoutError:
        return Outcome(is_sent=False, code="timeout", excerpt=f"{seconds:g} 秒内没有应答")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Outcome(is_sent=False, code="network", excerpt=_fault(error))
    return by_status(status, excerpt_of(answer, ""), wish=wish)


async def _call(parcel: Parcel, call: Call) -> Outcome:
    status, answer, wish = await _answer(call)
    return outcome_of(parcel, status, answer, wish=wish)


async def _answer(call: Call) -> tuple[int, str, float]:
    """Status, the beginning of the answer, and the seconds that it asked to wait."""
    times = httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS)
    # No redirects, no proxies or passwords of the environment: what was checked is what is called.
    async with (
        httpx.AsyncClient(verify=_trust(), timeout=times, follow_redirects=False, trust_env=False) as client,
        client.stream(call.method, call.address, content=call.body.encode(), headers=dict(call.headers)) as answer,
    ):
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            if len(body) >= ANSWER_BYTES:
                break
        wish = wish_of(answer.headers.get("retry-after", ""), dt.datetime.now(dt.UTC))
        return answer.status_code, body[:ANSWER_BYTES].decode(errors="replace"), wish


@cache
def _trust() -> ssl.SSLContext:
    """Read once: it costs more than a call."""
    return httpx.create_ssl_context(trust_env=False)


def _fault(error: Exception) -> str:
    """The error's name and words, without the address, which may have a key in it."""
    words = "" if isinstance(error, httpx.InvalidURL) else str(error)
    return f"{type(error).__name__}: {words}"[:300] if "://" not in words else type(error).__name__
