"""People who need attention: no way leads to them but one's own ground, masked, with every look written down."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, IdempotencyRecord
from configuration.tables import tables
from grids.errors import ElementFault
from grids.models import AttentionRecord, Element, ElementTile, ElementType
from grids.models.element_fields import masked_address, masked_name
from grids.services.attention import create_attention, erase_attention
from grids.services.element_types import create_element_type
from grids.services.elements import create_element
from grids.services.elements_in_bulk import put_elements, relocate_elements
from grids.tasks import erase_retired
from lianqin.kernel.actors import SYSTEM
from tests.cast import NAMES, Cast, centre_of
from tests.grids.test_elements import get, send, signed_in
from tests.workorders.conftest import shift

__all__ = ["shift"]

NAME, PHONE, KIN, HOME = "王小明", "13812345678", "王大明", "文德路88号3幢2单元501室"
Shift = Callable[[dt.timedelta], None]
SECRETS = (NAME, PHONE, KIN, "2单元", "501室")
MAY = ("community_officer", "grid_worker", "grid_leader")
FIELDS: list[dict[str, Any]] = [
    {"name": "phone", "label": "电话", "mask": "phone"},
    {"name": "kin", "label": "联系人"},
    {"name": "visits", "label": "走访", "mask": "open"},
]


@pytest.fixture
def record(cast: Cast) -> AttentionRecord:
    """An old man in the first grid of the first community."""
    create_element_type(
        data={"code": "elderly", "name": "独居老人", "layer": "attention", "fields": FIELDS}, by=cast.sysadmin
    )
    lon, lat = centre_of(0, 0)
    values = {"phone": PHONE, "kin": KIN, "visits": "每周"}
    data = {"type": "elderly", "code": "GZ-1", "name": NAME, "address": HOME, "lon": lon + 0.0001234, "lat": lat}
    return create_attention(data={**data, "fields": values}, by=cast.grid_worker)


def no_secret_in(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


@pytest.mark.parametrize("name", [name for name in NAMES if name not in MAY])
def test_nobody_else_finds_a_way(cast: Cast, record: AttentionRecord, name: str) -> None:
    client = signed_in(cast, name)
    elsewhere = name in ("other_officer", "other_grid_worker")  # They have such people of their own.
    for path in ("attention/GZ-1/", "attention/?q=GZ-1", "attention/"):
        answer = get(client, path)
        if elsewhere and path != "attention/GZ-1/":
            assert (answer.status_code, answer.json()["count"]) == (200, 0), path
        else:
            assert answer.status_code == (404 if elsewhere else 403), path
        no_secret_in(answer.content.decode())
    assert send(client, "attention/GZ-1/reveal/", {"reason": "想看看是谁"}).status_code == (404 if elsewhere else 403)
    assert send(client, "attention/GZ-1/", {"name": "x"}, "patch").status_code == (404 if elsewhere else 403)
    assert not AuditEntry.objects.filter(action__startswith="attention_", actor=cast.user(name)).exists()


@pytest.mark.parametrize("name", NAMES)
def test_no_door_of_the_elements_leads_there(cast: Cast, record: AttentionRecord, name: str) -> None:
    client = signed_in(cast, name)
    paths = [
        "elements/?bbox=118,32,119,33&zoom=18", "elements/?bbox=118,32,119,33&zoom=10", "elements/?types=elderly",
        "elements/?layer=attention", "elements/?q=GZ-1", "elements/?retired=1", "elements/types/", "elements/GZ-1/",
        "elements/?place=320999001001001", "elements/?field.visits=每周", "setup/element-types/",
    ]  # fmt: skip
    for path in paths:
        text = get(client, path).content.decode()
        no_secret_in(text)
        assert "GZ-1" not in text or "elements/GZ-1/" in text, path
        told = json.loads(text)
        assert not (isinstance(told, dict) and (told.get("count") or told.get("total"))), path
        if isinstance(told, list):
            assert all(each["number"] == 0 for each in told), path
    pages = ("elements/", "elements/?view=table", "elements/?print=1", "elements/types/", "elements/GZ-1/", "changes/")
    for page in pages:
        text = client.get(f"/configuration/{page}").content.decode()
        no_secret_in(text)
        assert "GZ-1" not in text, page


@pytest.mark.parametrize("name", ["sysadmin", "secadmin", "auditadmin"])
def test_the_admin_shows_no_person(cast: Cast, record: AttentionRecord, name: str) -> None:
    client = signed_in(cast, name)
    for path in ("", "grids/attentionrecord/", f"grids/attentionrecord/{record.pk}/change/", "grids/element/"):
        no_secret_in(client.get(f"/admin/{path}", follow=True).content.decode())


def test_counts_by_square_know_no_person(record: AttentionRecord) -> None:
    assert not ElementTile.objects.exists()


@pytest.mark.parametrize("name", MAY)
def test_ones_own_ground_is_shown_masked(cast: Cast, record: AttentionRecord, name: str) -> None:
    client = signed_in(cast, name)
    for path in ("attention/", "attention/?q=GZ-1", "attention/?q=王", "attention/?type=elderly", "attention/GZ-1/"):
        answer = get(client, path)
        text = answer.content.decode()
        no_secret_in(text)
        assert "王**" in text, path
        assert "文德路88号3幢" in text
        assert "138****5678" in text
        assert "每周" in text
        assert str(record.lon) not in text
        assert answer["Cache-Control"] == "no-store"
        assert "ETag" not in answer


@pytest.mark.parametrize("q", ["王小", "王小明", "小明", "13812345678", "501", "文德路"])
def test_search_finds_only_what_one_sees(cast: Cast, record: AttentionRecord, q: str) -> None:
    assert get(signed_in(cast, "grid_worker"), f"attention/?q={q}").json()["count"] == 0


def test_a_whole_record_needs_a_reason_that_is_logged(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "community_officer")
    for reason in ("", "看", "   "):
        assert list(send(client, "attention/GZ-1/reveal/", {"reason": reason}).json()["errors"]) == ["reason"]
    answer = send(client, "attention/GZ-1/reveal/", {"reason": "高温天气上门探访"})
    told = answer.json()
    assert (told["name"], told["address"], told["revealed"]) == (NAME, HOME, True)
    assert {each["text"] for each in told["values"]} == {PHONE, KIN, "每周"}
    assert answer["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="attention_viewed")
    assert (entry.actor, entry.object_label, entry.detail) == (
        cast.user("community_officer"), "GZ-1", {"reason": "高温天气上门探访"},
    )  # fmt: skip


def test_a_revealed_record_is_not_kept_for_repeats(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "grid_worker")
    body, key = {"reason": "高温天气上门探访"}, {"idempotency_key": "the-same"}
    for _time in range(2):
        answer = client.post("/api/v1/attention/GZ-1/reveal/", body, content_type="application/json", headers=key)
        assert answer.json()["name"] == NAME
    assert not IdempotencyRecord.objects.exists()
    assert AuditEntry.objects.filter(action="attention_viewed").count() == 2


def test_looks_at_masked_records_are_logged_too(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "grid_leader")
    get(client, "attention/?q=王")
    get(client, "attention/GZ-1/")
    looks = list(
        AuditEntry.objects.filter(action__startswith="attention_").order_by("pk").values_list("action", "detail")
    )
    assert looks[1:] == [("attention_listed", {"codes": ["GZ-1"]}), ("attention_opened", {})]


def test_the_log_holds_nothing_about_the_person(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "grid_worker")
    send(client, "attention/GZ-1/", {"name": "王中明", "fields": {"phone": "13900001111"}}, "patch")
    send(client, "attention/GZ-1/retire/", {"reason": "已迁出本辖区"})
    for entry in AuditEntry.objects.all():
        text = json.dumps([entry.object_label, entry.detail], ensure_ascii=False)
        no_secret_in(text)
        assert "王" not in text
        assert "1390" not in text


def test_what_is_masked_is_never_saved_over_what_it_hides(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "grid_worker")
    for data in ({"name": "王**"}, {"fields": {"kin": "**"}}, {"fields": {"phone": "138****5678"}}):
        assert send(client, "attention/GZ-1/", data, "patch").status_code == 400
    record.refresh_from_db()
    assert (record.name, record.fields["kin"]) == (NAME, KIN)


def test_a_part_time_worker_of_the_grid_sees_nobody(cast: Cast, record: AttentionRecord) -> None:
    assert get(signed_in(cast, "grid_worker2"), "attention/").status_code == 403


def test_nobody_is_recorded_on_others_ground(cast: Cast, record: AttentionRecord) -> None:
    lon, lat = centre_of(3, 1)
    data = {"type": "elderly", "name": "李四", "lon": lon, "lat": lat}
    assert send(signed_in(cast, "grid_worker"), "attention/", data).status_code == 403
    moved = send(signed_in(cast, "grid_worker"), "attention/GZ-1/", {"lon": lon, "lat": lat}, "patch")
    assert moved.status_code == 403


def test_a_person_is_no_element_and_an_element_no_person(cast: Cast, record: AttentionRecord) -> None:
    create_element_type(data={"code": "lamp", "name": "路灯", "layer": "components"}, by=cast.sysadmin)
    lon, lat = centre_of(0, 0)
    with pytest.raises(ElementFault):
        create_element(data={"type": "elderly", "name": NAME, "lon": lon, "lat": lat}, by=cast.sysadmin)
    with pytest.raises(ElementFault):
        put_elements(rows=[{"type": "elderly", "code": "X", "name": NAME, "lon": lon, "lat": lat}], by=SYSTEM)
    with pytest.raises(ElementFault):
        create_attention(data={"type": "lamp", "name": "灯", "lon": lon, "lat": lat}, by=cast.grid_worker)
    assert not Element.objects.exists()


def test_a_type_in_use_does_not_change_sides(cast: Cast, record: AttentionRecord) -> None:
    answer = send(signed_in(cast, "sysadmin"), "setup/element-types/elderly/", {"layer": "services"}, "patch")
    assert answer.json()["code"] == "type_in_use"
    assert ElementType.objects.get(code="elderly").sensitive


def test_the_pages_mask_ask_and_log(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "community_officer")
    for page in ("", "GZ-1/"):
        text = client.get(f"/configuration/elements/attention/{page}").content.decode()
        no_secret_in(text)
        assert "王**" in text
    refused = client.post("/configuration/elements/attention/GZ-1/", {"reason": "看"})
    assert refused.status_code == 400
    no_secret_in(refused.content.decode())
    whole = client.post("/configuration/elements/attention/GZ-1/", {"reason": "核实紧急联系人"}).content.decode()
    assert NAME in whole
    assert PHONE in whole
    assert "核实紧急联系人" not in client.get("/configuration/elements/attention/GZ-1/").content.decode()
    assert AuditEntry.objects.filter(action="attention_viewed").count() == 1


EDIT = "/configuration/elements/attention/GZ-1/edit/"


def test_the_form_to_change_a_record_opens_for_a_typed_reason_alone(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "community_officer")
    for answer in (client.get(EDIT), client.head(EDIT)):
        assert (answer.status_code, answer["Location"]) == (302, "/configuration/elements/attention/GZ-1/")
        no_secret_in(answer.content.decode())
    for body in ({}, {"open": "1"}, {"open": "1", "reason": "看"}, {"name": "李四", "reason": ""}):
        refused = client.post(EDIT, body)
        assert refused.status_code == 400, body
        no_secret_in(refused.content.decode())
    assert not AuditEntry.objects.filter(action__in=("attention_viewed", "attention_changed")).exists()
    form = client.post(EDIT, {"open": "1", "reason": "联系人换了电话"})
    assert "no-store" in form["Cache-Control"]
    assert NAME in form.content.decode()
    assert "联系人换了电话" in form.content.decode()
    entry = AuditEntry.objects.get(action="attention_viewed")
    assert (entry.object_label, entry.detail) == ("GZ-1", {"reason": "联系人换了电话"})


def test_a_record_is_changed_on_the_form_that_was_opened(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "community_officer")
    typed = {
        "reason": "联系人换了电话", "name": NAME, "address": HOME, "lon": str(record.lon), "lat": str(record.lat),
        "fields.phone": "13900001111", "fields.kin": KIN, "fields.visits": "每周",
    }  # fmt: skip
    wrong = client.post(EDIT, {**typed, "name": ""})
    assert wrong.status_code == 400
    assert "13900001111" in wrong.content.decode()
    assert "联系人换了电话" in wrong.content.decode()
    assert client.post(EDIT, typed).status_code == 302
    record.refresh_from_db()
    assert (record.name, record.fields["phone"]) == (NAME, "13900001111")
    assert AuditEntry.objects.get(action="attention_changed").detail == {"fields": ["fields"]}


def test_an_answer_to_a_change_is_a_look_that_is_logged(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "grid_worker")
    assert send(client, "attention/GZ-1/", {}, "patch").json()["name"] == "王**"
    assert [entry.object_label for entry in AuditEntry.objects.filter(action="attention_opened")] == ["GZ-1"]


def retired(cast: Cast) -> Client:
    client = signed_in(cast, "grid_worker")
    answer = send(client, "attention/GZ-1/retire/", {"reason": "已迁出本辖区"})
    assert (answer.status_code, answer.json()["name"], answer.json()["active"]) == (200, "王**", False)
    return client


def test_nobody_reads_a_record_whose_purpose_is_over(cast: Cast, record: AttentionRecord) -> None:
    client = retired(cast)
    answers = [
        get(client, "attention/GZ-1/"),
        send(client, "attention/GZ-1/reveal/", {"reason": "高温天气上门探访"}),
        send(client, "attention/GZ-1/retire/", {"reason": "已迁出本辖区"}),
        send(client, "attention/GZ-1/", {"name": "李四"}, "patch"),
        client.get("/configuration/elements/attention/GZ-1/"),
        client.post("/configuration/elements/attention/GZ-1/", {"reason": "高温天气上门探访"}),
        client.post(EDIT, {"open": "1", "reason": "高温天气上门探访"}),
    ]
    for answer in answers:
        assert answer.status_code == 404
        no_secret_in(answer.content.decode())
    assert not AuditEntry.objects.filter(action__in=("attention_viewed", "attention_opened")).exists()


def test_the_page_says_that_a_record_was_ended(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "grid_worker")
    body = {"reason": "已迁出本辖区", "retire": "1"}
    answer = client.post("/configuration/elements/attention/GZ-1/", body, follow=True)
    assert "已终止关注" in answer.content.decode()


def test_a_record_is_erased_when_it_was_ended_for_long_enough(
    cast: Cast, record: AttentionRecord, shift: Shift
) -> None:
    retired(cast)
    before = AttentionRecord.objects.get()
    shift(dt.timedelta(days=29, hours=23))
    assert erase_attention() == 0
    assert AttentionRecord.objects.get().name == NAME
    shift(dt.timedelta(hours=2))
    erase_retired()
    left = AttentionRecord.objects.get()
    assert (left.name, left.address, left.fields, left.lon, left.lat, left.key) == ("", "", {}, 0, 0, False)
    assert (left.code, left.type_id, left.updated_at) == ("GZ-1", before.type_id, before.updated_at)
    assert AuditEntry.objects.get(action="attention_erased").detail == {"codes": ["GZ-1"]}
    # It happens once, and the grid of what has no place any more stays as it was.
    assert erase_attention() == 0
    relocate_elements()
    assert before.grid_id is not None
    assert AttentionRecord.objects.get().grid_id == before.grid_id


def test_how_long_a_record_is_kept_is_a_setting(
    cast: Cast, record: AttentionRecord, settings: Any, shift: Shift
) -> None:
    settings.LIANQIN_ATTENTION_KEPT_DAYS = 3
    retired(cast)
    shift(dt.timedelta(days=3, minutes=1))
    assert erase_attention() == 1


def test_a_record_in_use_is_never_erased(record: AttentionRecord, shift: Shift) -> None:
    shift(dt.timedelta(days=400))
    assert erase_attention() == 0
    record.refresh_from_db()
    assert record.name == NAME


def test_a_repeat_of_a_recording_is_kept_by_no_cache(cast: Cast, record: AttentionRecord) -> None:
    client = signed_in(cast, "grid_worker")
    lon, lat = centre_of(0, 0)
    body = {"type": "elderly", "name": "李四光", "lon": lon, "lat": lat, "fields": {"kin": KIN}}
    for replayed in (False, True):
        answer = client.post(
            "/api/v1/attention/", body, content_type="application/json", headers={"idempotency-key": "k"}
        )
        assert (answer.status_code, answer.headers.get("Idempotent-Replayed") == "true") == (201, replayed)
        assert answer["Cache-Control"] == "no-store"


def test_no_table_of_files_knows_people(record: AttentionRecord, cast: Cast) -> None:
    for each in tables():
        if each.info.name not in ("boundaries",):
            lines = [line.__dict__ for line in each(cast.sysadmin).stored()]
            no_secret_in(json.dumps(lines, default=str, ensure_ascii=False))


@pytest.mark.parametrize(
    ("address", "left"),
    [
        (HOME, "文德路88号3幢"), ("珠江花园12栋1单元302室", "珠江花园12栋"), ("公园路5号", "公园路5号"),
        ("团结村3组12", "团结村"), ("", ""), ("新河村七组", "新河村七组"), ("A座1201", "A座"), ("6号楼401", "6号楼"),
    ],
)  # fmt: skip
def test_an_address_is_told_to_the_building(address: str, left: str) -> None:
    assert masked_address(address) == left


def test_a_name_tells_not_even_its_length() -> None:
    assert (masked_name("王五"), masked_name("欧阳小明明"), masked_name("")) == ("王**", "欧**", "")


def test_signed_out(client: Client) -> None:
    assert get(client, "attention/").status_code == 401
