"""Units, secondments and entrusted services through the pages and over HTTP."""

from __future__ import annotations

import pytest

from grids.models import EntrustedService, Secondment, Unit
from tests.cast import Cast, SmallGround
from tests.configuration.test_people import SETUP, api, at, send, text
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]
UNITS = "/configuration/units/"


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("sysadmin", 200),
        ("secadmin", 200),
        ("street_dispatcher", 200),
        ("supervisor", 200),
        ("handler", 403),
        ("auditadmin", 403),
    ],
)
def test_who_reads_and_who_edits(cast: Cast, name: str, reads: int) -> None:
    client = at(cast, name)
    for path in ("", "secondments/", "entrusted/", "320999-centre/", "320999001-market/"):
        assert client.get(f"{UNITS}{path}").status_code == reads, path
    for path in ("secondments/", "entrusted/", "units/320999-centre/"):
        assert api(cast, name).get(f"{SETUP}/{path}").status_code == reads, path
    new = {"name": "绿化队", "kind": "duty_department", "function": "greening"}
    assert send(api(cast, name), "/units/", new).status_code == (201 if name == "sysadmin" else 403)
    assert client.get(f"{UNITS}new/").status_code == (200 if name == "sysadmin" else 403)


def test_the_tree_is_searched_and_filtered(cast: Cast) -> None:
    client = at(cast, "sysadmin")
    assert "41 个单位" not in text(client.get(UNITS))
    assert "东街联勤指挥分中心" in text(client.get(UNITS, {"kind": "sub_center", "q": "东街"}))
    assert "西街联勤指挥分中心" not in text(client.get(UNITS, {"street": "320999001"}))
    empty = text(client.get(UNITS, {"state": "empty", "street": "320999001", "kind": "duty_department"}))
    assert "东街环卫中队" in empty
    assert "东街市场监管中队" not in empty


def test_a_unit_is_begun_changed_and_closed_on_the_pages(cast: Cast) -> None:
    client = at(cast, "sysadmin")
    told = {"name": "试验区益家社工中心", "short_name": "益家", "kind": "social_group"}
    page = client.post(f"{UNITS}new/", told, follow=True)
    assert "已新建 益家" in text(page)
    code = Unit.objects.get(short_name="益家").code
    assert code == "320999-shzz"
    client.post(f"{UNITS}{code}/edit/", {**told, "phone": "025-1"})
    assert Unit.objects.get(code=code).phone == "025-1"
    client.post(f"{UNITS}{code}/", {"do": "close"})
    assert not Unit.objects.get(code=code).active


def test_what_was_typed_stays_beside_its_fault(cast: Cast) -> None:
    page = at(cast, "sysadmin").post(f"{UNITS}new/", {"name": "无职能单位", "kind": "duty_department"})
    assert page.status_code == 400
    assert "参勤单位须选择职能" in text(page)
    assert 'value="无职能单位"' in text(page)


def test_a_working_unit_says_which_orders_are_open(desk: Desk) -> None:
    order = desk.dispatched()
    page = at(desk.cast, "sysadmin").post(f"{UNITS}320999001-urban_management/", {"do": "close"}, follow=True)
    assert "在任岗位" in text(page)
    desk.ground.urban_squad.memberships.all().update(ends_on="2026-01-02")
    page = at(desk.cast, "sysadmin").post(f"{UNITS}320999001-urban_management/", {"do": "close"}, follow=True)
    assert order.number in text(page)
    refused = send(api(desk.cast, "sysadmin"), "/units/320999001-urban_management/close/")
    assert (refused.status_code, refused.json()["code"], refused.json()["orders"]) == (
        409,
        "unit_in_use",
        [order.number],
    )
    assert Unit.objects.get(code="320999001-urban_management").active


def test_secondments(cast: Cast, small_ground: SmallGround) -> None:
    told = {
        "centre": "320999-centre", "unit": "320999-water", "kind": "resident", "people": "district_handler2",
        "starts_on": "2026-01-01", "ends_on": "", "note": "",
    }  # fmt: skip
    client = at(cast, "sysadmin")
    page = text(client.post(f"{UNITS}secondments/new/", told, follow=True))
    assert "派驻 1，联系执法 0，对口联络 0" in page
    assert "district_handler2" in page
    stranger = client.post(f"{UNITS}secondments/new/", {**told, "unit": "320999-power", "people": "district_handler2"})
    assert "不是派出单位的在任人员" in text(stranger)
    key = Secondment.objects.get().pk
    body = {"unit": "320999-power", "centre": "320999-centre", "kind": "on_call"}
    assert send(api(cast, "sysadmin"), "/secondments/", body).status_code == 201
    assert send(api(cast, "secadmin"), f"/secondments/{key}/end/").status_code == 403
    client.post(f"{UNITS}secondments/{key}/end/", {"ends_on": ""})
    assert [row["unit"] for row in api(cast, "sysadmin").get(f"{SETUP}/secondments/").json()] == ["320999-power"]


def test_entrusted_services(cast: Cast) -> None:
    client = api(cast, "sysadmin")
    send(client, "/units/", {"name": "社工中心", "kind": "social_group"})
    body = {"unit": "320999-shzz", "entrusted_by": "320999-water", "matter": "走访", "year": 2026, "amount": "1000.00"}
    made = send(client, "/entrusted/", body)
    assert (made.status_code, made.json()["balance"]) == (201, "1000.00")
    key = made.json()["id"]
    assert send(client, f"/entrusted/{key}/pay/", {"amount": "600.00"}).json()["balance"] == "400.00"
    over = send(client, f"/entrusted/{key}/pay/", {"amount": "400.01"})
    assert (over.status_code, over.json()["code"], over.json()["left"]) == (409, "budget_exceeded", "400.00")
    page = at(cast, "sysadmin").post(f"{UNITS}entrusted/{key}/pay/", {"amount": "400.01", "note": ""})
    assert "余额 400.00 元，不能支付 400.01 元" in text(page)
    assert EntrustedService.objects.get().paid == 600
    assert "400.00" in text(at(cast, "supervisor").get(f"{UNITS}entrusted/?year=2026"))
