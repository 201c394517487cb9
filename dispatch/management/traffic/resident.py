"""A resident at the public site: signs in once, then reports as anybody does, with the picture at once."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from dispatch.management.traffic.client import Account

logger = logging.getLogger("lianqin.traffic")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATIENCE_SECONDS = 20.0


@dataclass
class Resident:
    """``site`` has the cookies of one person; those of the staff sign in by tokens and have none."""

    account: Account
    site: httpx.AsyncClient | None = None

    async def report(self, told: Mapping[str, Any], content: bytes | None) -> str | None:
        """Send one report; return its number, or nothing if it was refused."""
        try:
            site = self.site = self.site or await self._signed_in()
            answer = await site.post(
                "/citizen/report/",
                data={
                    **{name: str(told[name]) for name in ("address", "lon", "lat", "category") if name in told},
                    "words": f"{told['title']}。{told['description']}", "client_key": str(uuid.uuid4()), "agree": "on",
                },
                files={"files": ("scene.jpg", content, "image/jpeg")} if content else None,
                headers={"Accept": "application/json"},
            )  # fmt: skip
        except httpx.HTTPError as error:
            logger.debug("a resident found nobody: %s", error)
            return None
        if not answer.is_success:
            logger.warning("a resident's report was refused: %s %s", answer.status_code, answer.text[:200])
            return None
        return str(answer.json()["number"])

    async def _signed_in(self) -> httpx.AsyncClient:
        site = httpx.AsyncClient(base_url=self.account.line.http.base_url, timeout=PATIENCE_SECONDS)
        page = await site.get("/accounts/signin/")
        token = TOKEN.search(page.text)
        given = {"username": self.account.username, "password": self.account.password}
        await site.post("/accounts/signin/", data={**given, "csrfmiddlewaretoken": token[1] if token else ""})
        return site

    async def leave(self) -> None:
        if self.site is not None:
            await self.site.aclose()
