"""Lists, lines and matters at their pages and over HTTP: from a draft to the decision of another person."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from catalogue.models import Category, ResponsibilityVersion
from grids.models import Grid
from tests.cast import centre_of
from tests.configuration.deciding import decide, seen_on
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]
LISTS = "/configuration/responsibilities/versions/"
LINE = {"do": "put", "code": "1.1.1", "name": "占道经营", "domain": "appearance", "category": "T01", "level": "street"}


def at(desk: Desk, who: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def draft(desk: Desk) -> ResponsibilityVersion:
    assert at(desk, "sysadmin").post(f"{LISTS}new/", {"name": "新清单"}).status_code == 302
    return ResponsibilityVersion.objects.get()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_lines_are_written_changed_and_dropped_in_the_table(desk: Desk, draft: ResponsibilityVersion) -> None:
    client, address = at(desk, "sysadmin"), f"{LISTS}{draft.pk}/"
    written = client.post(f"{address}?level=street", {**LINE, "lead": "market", "assisting": "住建、城管"})
    assert written["Location"] == f"{address}?level=street&item=new#line-edit"
    line = draft.items.get()
    assert (line.lead_function, line.assisting) == ("market", ["housing", "urban_management"])
    page = text(client.get(f"{address}?item={line.pk}"))
    assert 'value="占道经营"' in page
    assert 'value="住建、城管"' in page
    changed = client.post(f"{address}?item={line.pk}", {**LINE, "item": line.pk, "code": "1.1.2", "lead": "housing"})
    assert changed["Location"] == f"{address}#i-{line.pk}"
    assert [(each.pk, each.code, each.lead_function) for each in draft.items.all()] == [(line.pk, "1.1.2", "housing")]
    client.post(address, {**LINE, "lead": "market"})
    clash = client.post(address, {**LINE, "item": line.pk, "name": "改到已有编号", "lead": "market"})
    assert clash.status_code == 400
    assert "这个编号、级别和范围已有另一条" in text(clash)
    assert 'value="改到已有编号"' in text(clash)
    client.post(address, {"do": "drop", "item": line.pk})
    assert [each.code for each in draft.items.all()] == ["1.1.1"]
    assert AuditEntry.objects.filter(action="catalogue.responsibilities_line_changed").count() == 1
    assert at(desk, "grid_worker").post(address, LINE).status_code == 403


def test_another_person_publishes_and_the_list_answers(desk: Desk, draft: ResponsibilityVersion) -> None:
    Category.objects.exclude(code="T01").filter(level=2).update(active=False)
    client, address = at(desk, "sysadmin"), f"{LISTS}{draft.pk}/"
    client.post(address, {"do": "submit"})
    draft.refresh_from_db()
    assert draft.state == "draft"
    for level in ("street", "district"):
        client.post(address, {**LINE, "level": level, "lead": "market"})
    client.post(address, {"do": "submit"})
    client.post(address, {"do": "approve"})
    draft.refresh_from_db()
    assert draft.state == "submitted"
    read = seen_on(at(desk, "commander"), address)
    decide(at(desk, "commander"), address, {"do": "refuse", "opinion": "再看"})
    client.post(address, {"do": "submit"})
    stale = at(desk, "commander").post(address, {"do": "approve", "opinion": "同意", "seen": read}, follow=True)
    assert "在您查看之后已重新提交" in text(stale)
    draft.refresh_from_db()
    assert draft.state == "submitted"
    decide(at(desk, "commander"), address, {"do": "approve", "opinion": "同意"})
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("approved", 1)
    assert "占道经营" in text(client.get("/configuration/responsibilities/?q=T01&lead=market&q=1.1"))
    assert "没有符合条件的条目" in text(client.get("/configuration/responsibilities/?lead=water"))
    assert "1.1.1" in text(client.get(f"{address}compare/"))
    lon, lat = centre_of(0, 0)
    who = "/configuration/responsibilities/who/?category=T01"
    assert "东街市场监管中队" in text(client.get(f"{who}&lon={lon}&lat={lat}"))
    assert "东街市场监管中队" in text(client.get(f"{who}&grid=320999001001001"))
    assert client.get(f"{who}&lon=10&lat=10").status_code == 400
    several = client.get(f"{who}&grid=第1网格")
    assert several.status_code == 400
    assert "320999002001001" in text(several)
    Grid.objects.filter(code="320999001001001").update(pinyin="yinghualu")
    assert "东街市场监管中队" in text(client.get(f"{who}&grid=yinghua"))


def test_over_http(desk: Desk) -> None:
    client = at(desk, "sysadmin")
    made = client.post("/api/v1/setup/lists/", {"name": "清单"}, "application/json").json()
    address = f"/api/v1/setup/lists/{made['id']}/"
    line = {name: value for name, value in LINE.items() if name != "do"} | {"lead": "market"}
    assert client.post(f"{address}items/", [line], "application/json").json() == {"written": 1}
    (item,) = client.get(address).json()["items"]
    assert (item["code"], item["lead"], item["category"]) == ("1.1.1", "market", "T01")
    put = client.put(f"{address}items/{item['id']}/", {**line, "code": "3.1"}, "application/json")
    assert put.json() == {"id": item["id"]}
    assert [each["code"] for each in client.get(address).json()["items"]] == ["3.1"]
    assert client.delete(f"{address}items/{item['id']}/").status_code == 204
    assert client.post(f"{address}submit/").json()["code"] == "list_is_empty"
    assert at(desk, "handler").get(address).status_code == 403


def test_a_matter_changes_its_class_until_something_names_it(desk: Desk) -> None:
    Category.objects.create(code="U", name="另一类", level=1)
    client, address = at(desk, "sysadmin"), "/configuration/categories/T01/"
    told = {"do": "save", "name": "普通事项", "urgency": "normal", "deadline_class": "standard", "parent": "U"}
    assert 'name="parent"' in text(client.get(address))
    assert client.post(address, told).status_code == 302
    matter = Category.objects.select_related("parent").get(code="T01")
    assert matter.parent is not None
    assert matter.parent.code == "U"
    desk.report()
    assert 'name="parent"' not in text(client.get(address))
    refused = client.post(address, {**told, "parent": "T"})
    assert refused.status_code == 409
    assert "不能改换大类" in text(refused)
    moved = client.put("/api/v1/setup/matters/T02/", {"values": {}, "parent": "U"}, "application/json")
    assert moved.json()["parent"] == "U"
    assert AuditEntry.objects.filter(action="catalogue.category_changed").count() == 2
