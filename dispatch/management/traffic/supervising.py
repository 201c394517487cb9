"""Made-up answers to documents of supervision: units reply, and who issued or supervises judges them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from dispatch.management.traffic.client import Account
from dispatch.management.traffic.ground import API

REPLIES = (
    "已安排专人到场，今日下班前办结；逾期系人手调配不及时，由分管负责人盯办。",
    "现场已设置围挡，正在协调权属单位修复，预计明日中午前完成。",
    "经核实事项已办结，正在补传处置后照片。",
)
JUDGEMENTS = ("原因不清，请补充办结时间和责任人。", "请补充现场照片。")
DOCUMENTS = f"{API}supervision-orders/"
# Not everybody answers: what is overdue should be seen, too.
ANSWERS, ACCEPTS = 0.6, 0.7


async def supervise_once(accounts: Sequence[Account], chance: random.Random) -> int:
    """Look once at what is open and let some of it be answered and judged; return how many moves were made."""
    by_role = {account.role: account for account in accounts}
    judge, replier = by_role.get("supervisor"), by_role.get("district_dispatcher")
    if judge is None or replier is None:
        return 0
    page: dict[str, Any] | None = await judge.get(f"{DOCUMENTS}?limit=40")
    moves = 0
    for document in (page or {}).get("results", []):
        if chance.random() > ANSWERS / 4:
            continue
        moves += await _move(document, judge, replier, chance)
    return moves


async def _move(document: dict[str, Any], judge: Account, replier: Account, chance: random.Random) -> int:
    one = f"{DOCUMENTS}{document['number']}/"
    told = await judge.get(one)
    state = (told or {}).get("state")
    if state in ("awaiting", "returned"):
        return await _post(replier, f"{one}reply/", {"text": chance.choice(REPLIES)})
    if state == "replied":
        accept = chance.random() < ACCEPTS
        said = "" if accept else chance.choice(JUDGEMENTS)
        return await _post(judge, f"{one}judge/", {"accept": accept, "judgement": said})
    return 0


async def _post(account: Account, url: str, data: dict[str, Any]) -> int:
    answer = await account.post(url, data)
    return int(answer.status_code < 300)
