"""Documents of supervision through their pages, their official forms and the API; and the district's page."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import docx
import pypdf
import pytest
from django.test import Client
from rest_framework.test import APIClient

from dispatch.models import SupervisionOrder
from dispatch.rules.typesetting import broken, in_characters
from dispatch.services import order_supervision, remind
from tests.workorders.conftest import Desk
from workorders import services
from workorders.models import WorkOrder

HIGHEST = "系统再次督促，三级督办已是最高一级"


def browser(desk: Desk, who: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def api(desk: Desk, who: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(desk.cast.user(who))
    return client


def supervised(desk: Desk, demands: str = "请今日办结") -> SupervisionOrder:
    return order_supervision(order_id=desk.handling().pk, by=desk.cast.commander, demands=demands)


def test_a_document_from_the_order_to_its_end(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    order = desk.handling()
    # An account of less than a second is none.
    shift(dt.timedelta(minutes=5))
    commander, handler = browser(desk, "commander"), browser(desk, "handler")
    new = f"/supervision/orders/{order.number}/supervision/"
    beside = commander.get(f"/orders/{order.number}/").content.decode()
    assert new in beside
    assert "时间账" in beside

    empty = commander.post(new, {"tier": "1", "demands": ""})
    assert empty.status_code == 400
    assert "请写明办理要求" in empty.content.decode()
    address = commander.post(new, {"tier": "1", "demands": "请今日办结"}).headers["Location"]

    assert "请今日办结" in handler.get(address).content.decode()
    assert handler.post(address, {"do": "accept"}).status_code == 409
    handler.post(address, {"do": "reply", "text": "明日十时前办结"})
    refused = commander.post(address, {"do": "send_back", "judgement": ""})
    assert (refused.status_code, "退回须写明理由" in refused.content.decode()) == (400, True)
    commander.post(address, {"do": "accept"})
    assert "已办结" in handler.get(address).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("commander", 200), ("handler", 200), ("street_dispatcher", 404), ("handler2", 404), ("sysadmin", 404)],
)
def test_who_sees_a_document(desk: Desk, who: str, status: int) -> None:
    document = supervised(desk)
    assert browser(desk, who).get(f"/supervision/{document.number}/").status_code == status
    assert browser(desk, who).get(f"/supervision/{document.number}/official.pdf").status_code == status
    assert api(desk, who).get(f"/api/v1/supervision-orders/{document.number}/").status_code == status


def test_the_list_is_narrowed(desk: Desk) -> None:
    supervised(desk)
    page = browser(desk, "commander")
    numbers = {
        query: page.get(f"/supervision/?{query}").content.decode().count("data-document=")
        for query in ("", "kind=1", "kind=2", "state=awaiting", "state=closed", "overdue=1", "street=320999001", "q=1")
    }
    assert numbers == {
        "": 1, "kind=1": 1, "kind=2": 0, "state=awaiting": 1, "state=closed": 0, "overdue=1": 0,
        "street=320999001": 1, "q=1": 1,
    }  # fmt: skip
    assert page.get("/supervision/orders/none/nonsense/").status_code == 404
    assert browser(desk, "sysadmin").get("/supervision/").status_code == 403


def test_the_pdf_says_it_all_with_its_fonts_inside(desk: Desk) -> None:
    document = supervised(desk, "\n".join(["请主要负责人到场督促办理，当日报送进展" * 6] * 9))
    answer = browser(desk, "handler").get(f"/supervision/{document.number}/official.pdf")
    pdf = pypdf.PdfReader(io.BytesIO(answer.content))
    texts = [page.extract_text().replace("\n", "") for page in pdf.pages]

    assert len(answer.content) < 300_000
    assert "试验区联勤指挥中心文件" in texts[0]
    assert f"试联督〔{document.year}〕第 1 号" in texts[0]
    assert "关于“店外经营占道”的督办单" in texts[0]
    assert "东街城管中队：" in texts[0]
    assert "经试验区联勤指挥中心研究，现就该事项予以一级督办" in texts[0]
    assert "演示数据" in texts[0]
    assert [f"— {number} —" in text for number, text in enumerate(texts, 1)] == [True] * len(texts)
    assert len(texts) >= 2
    assert "九、请主要负责人" in "".join(texts)
    assert "印发" in texts[-1]
    fonts = pdf.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    files = [
        font.get_object()["/FontDescriptor"].get_object() for font in fonts if "/FontDescriptor" in font.get_object()
    ]
    assert files
    assert all("/FontFile2" in each for each in files)


def test_the_word_form_says_the_same(desk: Desk) -> None:
    document = supervised(desk)
    answer = browser(desk, "commander").get(f"/supervision/{document.number}/official.docx")
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(answer.content)).paragraphs]
    assert f"试联督〔{document.year}〕第 1 号" in texts
    assert "东街城管中队：" in texts
    assert "一、请今日办结" in texts
    assert "经试验区联勤指挥中心研究，现就该事项予以一级督办，请按以下要求办理：" in texts
    assert "人工交办" not in "".join(texts)
    assert browser(desk, "commander").get(f"/supervision/{document.number}/official.exe").status_code == 404


def test_a_reminder_says_what_it_is_for(desk: Desk) -> None:
    document = remind(order_id=desk.handling().pk, by=desk.cast.street_dispatcher, demands="请抓紧")
    answer = browser(desk, "street_dispatcher").get(f"/supervision/{document.number}/official.docx")
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(answer.content)).paragraphs]
    assert "为加快该事项办理进度，现予催办，请按以下要求办理：" in texts


def test_what_no_document_can_show_is_not_kept(desk: Desk) -> None:
    order = desk.handling(title="路面\x0b破损")
    demands = "一查\x0b二改\x01\r\n三\ud800报\t完"
    document = order_supervision(order_id=order.pk, by=desk.cast.commander, demands=demands)
    assert document.demands == "一查二改\n三报\t完"
    # As one was written before.
    SupervisionOrder.objects.update(demands="一查\x0b二改\x01")
    file = browser(desk, "commander").get(f"/supervision/{document.number}/official.docx")
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(file.content)).paragraphs]
    assert [text for text in texts if text[:2] in ("一、", "二、")] == ["一、一查", "二、二改"]
    assert browser(desk, "commander").get(f"/supervision/{document.number}/official.pdf").status_code == 200


def test_lines_neither_begin_nor_end_with_what_they_must_not() -> None:
    def wide(text: str) -> float:
        return float(len(text))

    assert broken("甲乙丙丁，戊己", room=4, measure=wide) == ["甲乙丙", "丁，戊己"]
    assert broken("甲乙丙（丁）戊", room=4, measure=wide) == ["甲乙丙", "（丁）戊"]
    assert broken("由江浦中队办理", room=4, measure=wide, whole=["江浦中队"]) == ["由", "江浦中队", "办理"]
    assert broken("号PK20261122-1止", room=8, measure=wide) == ["号PK20261", "122-1止"]
    assert broken("", room=4, measure=wide) == [""]
    assert [in_characters(number) for number in (1, 9, 10, 12, 20, 35)] == ["一", "九", "十", "十二", "二十", "三十五"]


def test_the_api_does_what_the_pages_do(desk: Desk) -> None:
    order = desk.handling()
    root = "/api/v1/supervision-orders/"
    commander, handler = api(desk, "commander"), api(desk, "handler")
    told = {"order": order.number, "demands": "请办结", "unit": "320999001-urban_management", "tier": 3}
    made = commander.post(f"{root}issue/", told, headers={"Idempotency-Key": "a"})
    again = commander.post(f"{root}issue/", told, headers={"Idempotency-Key": "a"})
    assert (made.status_code, again.json()) == (201, made.json())
    one = f"{root}{made.json()['number']}/"
    assert handler.post(f"{one}reply/", {"text": "已办"}).json()["state"] == "replied"
    assert commander.post(f"{one}judge/", {"accept": False, "judgement": "缺照片"}).json()["state"] == "returned"
    blamed = {
        "order": order.number, "unit": "320999001-urban_management", "facts": "逾期", "opinion": "约谈",
        "measure": "talk", "after": made.json()["number"],
    }  # fmt: skip
    proposal = api(desk, "district_dispatcher").post(f"{root}accountability/", blamed)
    assert proposal.json()["state"] == "proposed"
    two = f"{root}{proposal.json()['number']}/"
    assert [line["number"] for line in commander.get("/api/v1/district/").json()["documents"]] == [
        proposal.json()["number"]
    ]
    assert commander.post(f"{two}decide/", {"uphold": True, "decision": "同意"}).json()["state"] == "awaiting"
    assert handler.post(f"{two}appeal/", {"text": "不服"}).json()["state"] == "appealed"
    assert (
        api(desk, "supervisor").post(f"{two}review/", {"revoke": True, "review": "撤销"}).json()["state"] == "revoked"
    )
    minutes = commander.get(f"/api/v1/work-orders/{order.number}/minutes/").json()
    assert [part["role"] for part in minutes["departments"]] == ["lead"]
    assert handler.get(f"/api/v1/work-orders/{order.number}/minutes/").status_code == 403


def test_what_waits_for_the_commander_stands_first_and_an_order_is_handed_down(desk: Desk) -> None:
    order = desk.at_district()
    extending = desk.at_district(title="须延期")
    desk.do(extending, "extend", desk.cast.district_dispatcher, reason="需会商", hours=4)
    commander = browser(desk, "commander")
    page = commander.get("/district/").content.decode()
    assert page.index("需会商") < page.index("升级到区的工单")
    assert f'data-hand-down="{order.number}"' in page

    refused = commander.post("/district/hand-down/", {"number": order.number, "reason": ""})
    assert refused.status_code == 400
    assert commander.post("/district/hand-down/", {"number": order.number, "reason": "街道可办"}).status_code == 302
    assert WorkOrder.objects.get(pk=order.pk).level == "street"
    assert browser(desk, "handler").post(
        "/district/hand-down/", {"number": order.number, "reason": "x"}
    ).status_code in (
        403,
        404,
    )


def test_after_the_third_tier_no_higher_one_is_announced(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    order = desk.at_district()
    path, commander = f"/orders/{order.number}/", browser(desk, "commander")
    for _day in range(40):
        shift(dt.timedelta(days=1))
        services.sweep()
        if WorkOrder.objects.get(pk=order.pk).supervision_tier == 3:
            break
        assert HIGHEST not in commander.get(path).content.decode()
    page = commander.get(path).content.decode()
    assert "系统发出三级督办" not in page
    assert HIGHEST in page


def test_nor_after_a_third_tier_by_hand(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    order = desk.at_district()
    shift(dt.timedelta(days=12))
    services.sweep()
    order_supervision(order_id=order.pk, by=desk.cast.commander, demands="请今日办结", tier=3)
    page = browser(desk, "commander").get(f"/orders/{order.number}/").content.decode()
    assert HIGHEST in page
    assert "系统发出" not in page


def test_an_answer_is_due_though_the_order_is_over_and_says_so(desk: Desk) -> None:
    order = desk.submitted()
    order_supervision(order_id=order.pk, by=desk.cast.commander, demands="请今日办结")
    commander = browser(desk, "commander")
    assert "仍需答复" not in commander.get(f"/orders/{order.number}/").content.decode()
    desk.do(order, "verify", desk.cast.street_dispatcher)
    assert "工单已结束，仍需答复" in commander.get(f"/orders/{order.number}/").content.decode()
