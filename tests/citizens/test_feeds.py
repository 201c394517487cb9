"""What a street closed last, as pages and programs read it."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from xml.etree import ElementTree as Xml

import feedparser
import pytest
from django.test import Client

from tests.insight.conftest import set_clock
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
STREET = "320999001"
FEEDS = f"/citizen/feeds/{STREET}"
ATOM = "{http://www.w3.org/2005/Atom}"
URN = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture
def closed(desk: Desk, shift: object) -> list[WorkOrder]:
    """Two public orders that 东街 closed, the second three days after it came; beside them what nobody may read of."""
    desk.categories["plain"].public = True
    desk.categories["plain"].save()
    desk.categories["evidence"].public = False
    desk.categories["evidence"].save()
    set_clock("2026-11-16 09:00+08")
    later = desk.registered(title="王先生家门口", description="电话 13812345678", address="东街 8 号")
    first = desk.closed(title="李女士楼下")
    desk.registered()
    desk.report(category="T02")
    of_people = desk.closed(title="周先生与邻居")
    WorkOrder.objects.filter(pk=of_people.pk).update(category=desk.categories["evidence"])
    set_clock("2026-11-19 15:30+08")
    desk.do(later, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    desk.do(later, "acknowledge", desk.cast.handler)
    desk.do(later, "submit_result", desk.cast.handler, result="已联系赵师傅清理")
    return [desk.do(later, "verify", desk.cast.street_dispatcher), first]


def test_a_reader_of_news_understands_rss_and_atom(closed: list[WorkOrder], client: Client) -> None:
    ids = []
    for form, version in (("rss", "rss20"), ("atom", "atom10")):
        answer = client.get(f"{FEEDS}.{form}")
        read = feedparser.parse(answer.content, response_headers={"content-type": answer["Content-Type"]})
        assert (read.bozo, read.version) == (0, version)
        assert read.feed.title == "东街街道：最近办结"
        assert read.feed.link == f"http://testserver{FEEDS}/"
        assert [entry.title for entry in read.entries] == ["普通事项（南里社区）已办结"] * 2
        assert [entry.summary for entry in read.entries] == [
            "11 月 16 日收到，11 月 19 日办结，用时 3 天。",
            "11 月 16 日收到，11 月 16 日办结，当天办结。",
        ]
        assert [entry.tags[0].term for entry in read.entries] == ["试验类"] * 2
        moment = read.entries[0].get("published_parsed")
        assert moment[:5] == (2026, 11, 19, 7, 30)
        ids.append([entry.id for entry in read.entries])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2
    assert all(URN.fullmatch(each) for each in ids[0])


def test_rss_has_what_a_validator_asks_for(closed: list[WorkOrder], client: Client) -> None:
    answer = client.get(f"{FEEDS}.rss")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = Xml.fromstring(answer.content)
    channel = root.find("channel")
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert channel is not None
    assert {"title", "link", "description"} <= {child.tag for child in channel}
    own = channel.find(f"{ATOM}link")
    assert own is not None
    assert (own.get("rel"), own.get("href")) == ("self", f"http://testserver{FEEDS}.rss")
    for item in channel.findall("item"):
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert re.fullmatch(r"\w{3}, \d\d \w{3} 2026 \d\d:\d\d:\d\d \+0800", item.findtext("pubDate") or "")


def test_atom_has_what_a_validator_asks_for(closed: list[WorkOrder], client: Client) -> None:
    answer = client.get(f"{FEEDS}.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = Xml.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for parent in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
        moment = dt.datetime.fromisoformat(parent.findtext(f"{ATOM}updated") or "")
        assert moment.utcoffset() == dt.timedelta(hours=8)
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "试验区大联勤"
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == ["self", "alternate"]


def test_json_feed_has_what_its_version_asks_for(closed: list[WorkOrder], client: Client) -> None:
    answer = client.get(f"{FEEDS}.json")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    told = json.loads(answer.content)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert (told["home_page_url"], told["feed_url"]) == (f"http://testserver{FEEDS}/", f"http://testserver{FEEDS}.json")
    first = told["items"][0]
    assert re.fullmatch(r"2026-11-19T15:30:\d\d\+08:00", first["date_published"])
    assert first["tags"] == ["试验类", "普通事项"]
    assert first["url"] == f"http://testserver{FEEDS}/#{first['id'].removeprefix('urn:uuid:')}"


@pytest.mark.parametrize("tail", [".rss", ".atom", ".json", "/"])
def test_nobodys_words_number_or_place_are_in_it(closed: list[WorkOrder], client: Client, tail: str) -> None:
    text = client.get(FEEDS + tail).content.decode()
    assert "南里社区" in text
    for private in (
        "王先生",
        "李女士",
        "周先生",
        "赵师傅",
        "138",
        "8 号",
        closed[0].number,
        "须照片事项",
        "118.6",
        "32.0",
    ):
        assert private not in text


def test_an_order_keeps_its_identity_and_leaves_while_it_is_open_again(
    closed: list[WorkOrder], desk: Desk, client: Client
) -> None:
    def ids() -> list[str]:
        return [each["id"] for each in json.loads(client.get(f"{FEEDS}.json").content)["items"]]

    later, first = ids()
    desk.do(closed[1], "reopen", desk.cast.street_supervisor, reason="又出现了")
    assert ids() == [later]
    again = WorkOrder.objects.get(pk=closed[1].pk)
    desk.do(again, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    desk.do(again, "acknowledge", desk.cast.handler)
    desk.do(again, "submit_result", desk.cast.handler, result="已整改")
    desk.do(again, "verify", desk.cast.street_dispatcher2)
    assert ids() == [first, later]


def test_a_feed_is_fetched_again_only_when_it_changed(closed: list[WorkOrder], client: Client) -> None:
    for form in ("rss", "atom", "json"):
        first = client.get(f"{FEEDS}.{form}", headers={"Accept-Encoding": "gzip"})
        assert first["Content-Encoding"] == "gzip"
        again = client.get(f"{FEEDS}.{form}", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "Cookie" not in first.get("Vary", "")


def test_a_street_without_anything_has_a_feed_that_is_valid(client: Client, small_ground: Any) -> None:
    for form in ("rss", "atom"):
        read = feedparser.parse(client.get(f"/citizen/feeds/320999002.{form}").content)
        assert (read.bozo, read.entries) == (0, [])
    assert json.loads(client.get("/citizen/feeds/320999002.json").content)["items"] == []
    assert "还没有办结的公开事项" in client.get("/citizen/feeds/320999002/").content.decode()
    assert "/citizen/feeds/320999002/" in client.get("/citizen/feeds/").content.decode()


@pytest.mark.parametrize("address", ["320999009.rss", "320999001.xml", "320999009/", "x.json"])
def test_what_is_no_street_or_no_form_is_not_there(client: Client, small_ground: Any, address: str) -> None:
    assert client.get(f"/citizen/feeds/{address}").status_code == 404
