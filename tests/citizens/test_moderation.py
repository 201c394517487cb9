"""Nothing is refused for its words: what may hurt is not public until somebody has looked, and the order goes on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from accounts.errors import SecondPersonNeeded
from accounts.models import AuditEntry
from citizens.models import Flag, FlagState, Receipt, WordList
from citizens.rules.words import Hit, Matcher, words_of
from citizens.selectors.abuse import hidden_of, is_hidden
from citizens.services import examining, moderation, words
from citizens.services.moderated import examine_report, flag_order
from citizens.services.publishing import publish_picture
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible
from relay.services import drain
from tests.citizens.test_blocks import staff
from tests.citizens.test_limits import send, some_address
from tests.workorders.conftest import Desk
from workorders.models import Attachment, WorkOrder
from workorders.services.erasure import erase_texts

DESK = "/citizen-desk/moderation/"
LIST = "# 广告\n代开发票\n办证\nQQ群\n# 辱骂\n王八蛋\nass\n"


def listed(desk: Desk, contents: str = LIST) -> WordList:
    drafted = words.draft_words(contents=contents, by=desk.cast.supervisor)
    return words.decide_words(list_id=drafted.pk, approve=True, by=desk.cast.commander)


def reported(text: str) -> WorkOrder:
    assert send(Client(), some_address(), words=text).status_code == 302
    return Receipt.objects.latest("pk").order


@pytest.mark.parametrize(("text", "found"), [
    ("楼下贴满代开发票的小广告", ["代开发票"]),
    ("代 开·发-票", ["代开发票"]),
    ("代開發票", ["代开发票"]),
    ("代\u200b开\u3000发　票", ["代开发票"]),
    ("加ＱＱ群 123", ["QQ群"]),
    ("办证，办证，还有王*八*蛋", ["办证", "王八蛋"]),
    ("代开代开发票", ["代开发票"]),
    ("a.s.s!", ["ass"]),
    ("class 和 assess 都没事", []),
    ("去办公室办了证", []),
    ("路灯不亮", []),
    ("", []),
])  # fmt: skip
def test_words_are_found_however_they_are_spelled(text: str, found: list[str]) -> None:
    told, faults = words_of(LIST)
    assert faults == []
    assert [hit.word for hit in Matcher(told).hits(text)] == found


def test_a_word_within_another_is_found_too() -> None:
    matcher = Matcher({"发票": "甲", "代开发票": "乙", "票据": "丙"})
    assert matcher.hits("代开发票据") == [Hit("代开发票", "乙"), Hit("发票", "甲"), Hit("票据", "丙")]


def test_lists_need_two_people_and_their_versions_stay(desk: Desk) -> None:
    drafted = words.draft_words(contents=LIST, by=desk.cast.supervisor)
    assert moderation.hits_in("代开发票") == (None, [])
    with pytest.raises(SecondPersonNeeded):
        words.decide_words(list_id=drafted.pk, approve=True, by=desk.cast.supervisor)
    assert words.decide_words(list_id=drafted.pk, approve=True, by=desk.cast.commander).version == 1
    assert moderation.hits_in("代开发票")[0] == 1
    assert listed(desk, "# 广告\n高价回收\n").version == 2
    assert moderation.hits_in("代开发票") == (2, [])
    assert list(WordList.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    with pytest.raises(NotAllowed):
        words.draft_words(contents=LIST, by=desk.cast.street_dispatcher)


@pytest.mark.parametrize("contents", ["", "代开发票", "# 广告\n，。", "# 广告\n一", "# 广告\n" + "长" * 41])
def test_lists_that_say_nothing_are_refused(desk: Desk, contents: str) -> None:
    with pytest.raises(Invalid):
        words.draft_words(contents=contents, by=desk.cast.supervisor)
    assert WordList.objects.count() == 0


def test_a_report_with_such_words_is_taken_and_waits_to_be_shown(desk: Desk) -> None:
    listed(desk)
    order, other = reported("楼道里贴满办·证的小广告"), reported("路灯不亮")
    drain()
    flag = Flag.objects.get()
    assert (flag.kind, flag.object_id, flag.words, flag.categories, flag.version) == (
        "order", order.pk, ["办证"], ["广告"], 1,
    )  # fmt: skip
    assert hidden_of("order", [order.pk, other.pk]) == {order.pk}
    desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    drain()
    assert Flag.objects.count() == 1, "read twice, flagged once"
    page = staff(desk, "supervisor").get(DESK).content.decode()
    assert "楼道里贴满办·证的小广告" in page
    assert "命中 办证" in page


def test_what_may_be_shown_is_and_is_not_asked_again(desk: Desk) -> None:
    listed(desk)
    order = reported("楼道里贴满办证的小广告")
    drain()
    flag = Flag.objects.get()
    answer = staff(desk, "supervisor").post(DESK, {"do": "shown", "flag": flag.pk, "reason": "是在反映广告"})
    assert answer.status_code == 302
    assert not is_hidden("order", order.pk)
    examine_report(order_id=order.pk)
    assert Flag.objects.get().state == FlagState.SHOWN
    with pytest.raises(Conflict):
        moderation.decide_flag(flag_id=flag.pk, decision="hidden", reason="又想了想", by=desk.cast.commander)
    assert AuditEntry.objects.get(action="content_shown").detail["reason"] == "是在反映广告"


def test_a_decision_has_a_reason(desk: Desk) -> None:
    listed(desk)
    reported("王八蛋物业")
    drain()
    flag = Flag.objects.get()
    answer = staff(desk, "supervisor").post(DESK, {"do": "hidden", "flag": flag.pk, "reason": " "})
    assert (answer.status_code, "请写明理由" in answer.content.decode()) == (400, True)
    with pytest.raises(Invalid):
        moderation.decide_flag(flag_id=flag.pk, decision="eaten", reason="不知道", by=desk.cast.supervisor)
    assert Flag.objects.get().state == FlagState.WAITING


def test_deleting_needs_two_and_leaves_the_order_at_work(desk: Desk) -> None:
    listed(desk)
    order = reported("王八蛋物业不修门")
    drain()
    flag = Flag.objects.get()
    moderation.decide_flag(flag_id=flag.pk, decision="deleting", reason="只有辱骂", by=desk.cast.supervisor)
    with pytest.raises(SecondPersonNeeded):
        moderation.confirm_deletion(flag_id=flag.pk, agree=True, by=desk.cast.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.filter(pk=flag.pk).update(state=FlagState.DELETED)
    page = staff(desk, "supervisor").get(DESK).content.decode()
    assert "请由另一人确认" in page
    assert staff(desk, "commander").post(DESK, {"do": "agree", "flag": flag.pk}).status_code == 302
    order.refresh_from_db()
    assert (order.status, order.text.title) == ("reported", "（内容已依法删除）")
    flag.refresh_from_db()
    assert (flag.state, flag.words) == (FlagState.DELETED, [])
    assert is_hidden("order", order.pk)


def test_a_deletion_that_is_not_agreed_to_keeps_it_hidden(desk: Desk) -> None:
    listed(desk)
    order = reported("王八蛋物业不修门")
    drain()
    flag = Flag.objects.get()
    moderation.decide_flag(flag_id=flag.pk, decision="deleting", reason="只有辱骂", by=desk.cast.supervisor)
    moderation.confirm_deletion(flag_id=flag.pk, agree=False, by=desk.cast.commander)
    assert (Flag.objects.get().state, is_hidden("order", order.pk)) == (FlagState.HIDDEN, True)
    order.refresh_from_db()
    assert order.text.title.startswith("王八蛋")


def test_what_is_erased_by_law_is_quoted_by_no_flag(desk: Desk) -> None:
    order = desk.report(title="王八蛋物业")
    flag_order(number=order.number, pictures=False, note="骂的是王某", by=desk.cast.supervisor)
    Flag.objects.update(words=["王八蛋"])
    flag = Flag.objects.get()
    moderation.decide_flag(flag_id=flag.pk, decision="hidden", reason="骂王某", by=desk.cast.supervisor)
    erase_texts(number=order.number, reason="依法删除")
    flag.refresh_from_db()
    assert (flag.note, flag.words, flag.decision, flag.state) == ("", [], "（内容已依法删除）", "hidden")


def test_pictures_are_taken_out_of_public_by_hand(desk: Desk, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#3a7").save(out, "JPEG")
    client = Client()
    told = {"words": "路灯不亮", "address": "人民路", "client_key": "5f0c1f6a-96f5-4f40-8f77-0d3c6d5d3f11"}
    client.post("/citizen/report/", {**told, "files": SimpleUploadedFile("a.jpg", out.getvalue())})
    examining.examine_waiting()
    order, picture = WorkOrder.objects.get(), Attachment.objects.get()
    with pytest.raises(NotVisible):
        flag_order(number="SY-0", pictures=True, note="拍到证件", by=desk.cast.supervisor)
    answer = staff(desk, "supervisor").post(
        DESK, {"do": "flag", "number": order.number, "what": "pictures", "note": "拍到证件"}
    )
    assert answer.status_code == 302
    flag = Flag.objects.get()
    assert (flag.kind, flag.object_id) == ("picture", picture.pk)
    with pytest.raises(Conflict):
        publish_picture(attachment_id=picture.pk, rectangles=[], by=desk.cast.supervisor)
    moderation.decide_flag(flag_id=flag.pk, decision="deleting", reason="拍到证件", by=desk.cast.supervisor)
    moderation.confirm_deletion(flag_id=flag.pk, agree=True, by=desk.cast.commander)
    picture.refresh_from_db()
    assert (picture.path, picture.erased_at is None) == ("", False)


def test_a_stranger_kind_or_number_is_nothing(desk: Desk) -> None:
    for kind, pk in (("order", 10**15), ("nothing", 1)):
        with pytest.raises(NotVisible):
            moderation.flag_by_hand(kind=kind, object_id=pk, note="看看", by=desk.cast.supervisor)
    page = staff(desk, "supervisor").post(DESK, {"do": "shown", "flag": "9" * 30, "reason": "看看"}, follow=True)
    assert "没有找到" in page.content.decode()


def test_the_word_page_shows_what_changes(desk: Desk) -> None:
    listed(desk)
    words.draft_words(contents="# 广告\n代开发票\n高价回收", by=desk.cast.supervisor)
    page = staff(desk, "commander").get(f"{DESK}words/").content.decode()
    assert "高价回收</span>" in page
    assert "王八蛋</span>" in page
    pk = WordList.objects.latest("pk").pk
    staff(desk, "commander").post(f"{DESK}words/", {"do": "refuse", "list": pk, "opinion": "还要辱骂一类"})
    page = staff(desk, "supervisor").get(f"{DESK}words/").content.decode()
    assert "还要辱骂一类" in page
    odd = {"do": "approve", "list": pk, "seen": "2026-13-45T99:99"}
    assert staff(desk, "commander").post(f"{DESK}words/", odd).status_code == 302
    wrong = staff(desk, "supervisor").post(f"{DESK}words/", {"contents": "没有类别"})
    assert (wrong.status_code, "没有类别</textarea>" in wrong.content.decode()) == (400, True)
