"""A list of words in force and something that waits to be looked at, for a demonstration. All of it is made up."""

from __future__ import annotations

import uuid

from django.db import transaction

from citizens.models import BlockMeasure, WordList
from citizens.seeding.people import two_of_the_centre
from citizens.services import report_publicly
from citizens.services.blocks import appeal, block, token_of
from citizens.services.moderated import examine_report
from citizens.services.words import decide_words, draft_words
from grids.models import Community
from grids.selectors.people import passer_by

LIST = """# 广告
代开发票
办证刻章
刷单兼职
高价回收药品
# 赌博诈骗
网上赌场
六合彩
内部荐股
# 辱骂
王八蛋
不要脸
"""
REPORTS = (
    ("楼道里到处喷着代 开 發 票的小广告，刚刷白又喷上", "3 号楼 2 单元"),
    ("物业不要脸，门禁坏了半个月没人修", "小区北门"),
)
# Networks that documentation uses: nobody's.
NETWORK = "203.0.113.0/24"


@transaction.atomic
def seed_moderation() -> int:
    """Write it once, as two people of the district would; returns how many words are in force. Raises NotVisible."""
    known = WordList.objects.filter(version__isnull=False).order_by("-version").first()
    if known is None:
        first, second = two_of_the_centre()
        known = decide_words(list_id=draft_words(contents=LIST, by=first).pk, approve=True, by=second)
        for number, (words, address) in enumerate(REPORTS):
            _report(words, address, number)
        made = block(measure=BlockMeasure.NETWORK, value=NETWORK, reason="半天提交两百多条同样的广告", days=3, by=first)
        appeal(token=token_of(made), key=uuid.uuid4(), words="我们公司几十个人共用这个网络，不是大家都发广告，请放开。")
    return sum(not line.startswith("#") for line in known.contents.splitlines())


def _report(words: str, address: str, number: int) -> None:
    community = Community.objects.order_by("code")[number]
    told = {"words": words, "address": f"{community.short_name} {address}"}
    receipt, _code = report_publicly(by=passer_by(), client_key=uuid.uuid4(), told=told)
    examine_report(order_id=receipt.order_id)
