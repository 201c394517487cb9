"""Where staff finds what is to be done for citizens: under headings, with how much waits."""

from __future__ import annotations

import re
import uuid

from citizens.models import StandingRole, Subject
from citizens.services.moderated import flag_order
from citizens.services.observers import answer_remark, make_remark
from citizens.services.standing import ask_for_standing
from citizens.services.tips import send_tip
from tests.citizens.community import is_a, window
from tests.citizens.points import in_force
from tests.citizens.test_following import Report
from tests.citizens.test_platform_desk import dead
from tests.workorders.conftest import Desk

START = "/citizen-desk/"


def headings(desk: Desk, name: str) -> list[str]:
    return re.findall(r'<h2 id="group-\d">(.*?)</h2>', window(desk, name).get(START).content.decode())


def waiting(desk: Desk, name: str) -> dict[str, str]:
    """What the tags say, by the address they stand at."""
    shown = window(desk, name).get(START).content.decode()
    cards = re.findall(r'<a class="card desk-task" href="/citizen-desk/([^"]+)">(.*?)</a>', shown, re.S)
    tags = ((address, re.search(r'<span class="tag tag-warn">(.*?)</span>', card)) for address, card in cards)
    return {address: tag[1] for address, tag in tags if tag}


def test_tasks_stand_under_headings_and_no_heading_is_empty(desk: Desk) -> None:
    assert headings(desk, "commander") == ["社区", "回访与抽查", "对接", "内容与秩序", "积分与线索", "隐私"]
    assert headings(desk, "community_officer") == ["社区", "积分与线索"]
    assert headings(desk, "handler") == []
    assert "这里没有您的工作" in window(desk, "handler").get(START).content.decode()


def test_the_desk_says_how_much_waits(desk: Desk) -> None:
    assert waiting(desk, "community_officer") == {}
    here = desk.ground.community.pk
    is_a(desk, "citizen", "observer")
    ask_for_standing(user_id=desk.cast.user("citizen").pk, community_id=here, role=StandingRole.RESIDENT, note="三幢")
    rows = [
        make_remark(by=desk.cast.citizen, community_id=here, client_key=uuid.uuid4(), words=words, place="东门")
        for words in ("灯坏了", "路不平", "门很好")
    ]
    answer_remark(remark_id=rows[2].pk, accepted=True, answer="谢谢", by=desk.cast.community_officer)
    assert waiting(desk, "community_officer") == {"community/": "1 件待处理", "remarks/": "2 件待处理"}
    assert waiting(desk, "other_officer") == {}, "another community"


def test_the_centre_is_told_of_calls_letters_words_and_tips(desk: Desk) -> None:
    assert waiting(desk, "district_dispatcher") == {}
    in_force(desk.cast, Subject.TIPS)
    send_tip(client_key=uuid.uuid4(), kind="waste", words="有人夜里在河堤上倒建筑垃圾", place="三号闸")
    report = Report(desk, reporter_phone="13812341234")
    report.close()
    flag_order(number=report.order.number, pictures=False, note="含姓名", by=desk.cast.supervisor)
    dead(desk)
    told = {"callbacks/", "letters/", "moderation/", "tips/"}
    assert waiting(desk, "commander") == dict.fromkeys(told, "1 件待处理")


def test_figures_say_what_they_are(desk: Desk) -> None:
    commander = window(desk, "commander")
    assert "从以后得到的积分里扣" in commander.get(f"{START}points/").content.decode()
    assert "训练时正在使用的那一版的" in commander.get(f"{START}reading/").content.decode()
