"""What programs do with imports, with a token."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from knox.models import AuthToken
from openpyxl import load_workbook

from configuration.models import ImportJob
from configuration.services import imports
from grids.models import Street
from tests.cast import Cast
from tests.configuration.files import csv_file

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/setup/"
HEAD = ["区划代码", "名称", "级别", "上级代码"]
NORTH = ["320999003", "北街街道", "街道", "320999"]


class Program:
    def __init__(self, cast: Cast, who: str = "sysadmin") -> None:
        self.client, token = Client(), AuthToken.objects.create(user=cast.user(who))[1]
        self.headers = {"Authorization": f"Token {token}"}

    def ask(self, method: str, address: str, status: int, **more: Any) -> Any:
        answer = getattr(self.client, method)(ROOT + address, headers=self.headers, **more)
        assert answer.status_code == status, (address, answer.status_code, answer.content.decode())
        return answer

    def upload(self, rows: Any, status: int = 201, table: str = "divisions") -> Any:
        return self.ask("post", "imports/", status, data={"table": table, "file": csv_file(rows)}).json()

    def step(self, pk: int, step: str, status: int = 202) -> Any:
        told = self.ask("post", f"imports/{pk}/{step}/", status).json()
        if status == 202:
            assert told["running"]
            imports.run(job_id=pk)
            return self.ask("get", f"imports/{pk}/", 200).json()
        return told


@pytest.fixture
def program(cast: Cast, settings: Any, tmp_path: Any) -> Program:
    settings.MEDIA_ROOT = tmp_path
    return Program(cast)


def test_a_file_goes_in_and_out_again(program: Program) -> None:
    job = program.upload([HEAD, NORTH])
    assert (job["state"], job["mapping"]) == ("uploaded", {"code": 0, "name": 1, "level": 2, "parent": 3})
    job = program.step(job["id"], "check")
    assert (job["state"], job["new"], job["wrong"]) == ("checked", 1, 0)
    lines = program.ask("get", f"imports/{job['id']}/lines/?kind=new", 200).json()
    assert (lines["count"], lines["results"][0]["key"], lines["results"][0]["number"]) == (1, "320999003", 2)
    assert not Street.objects.filter(code="320999003").exists()
    job = program.step(job["id"], "apply")
    assert (job["state"], job["may_undo"]) == ("applied", True)
    assert Street.objects.filter(code="320999003").exists()
    exported = program.ask("get", "tables/divisions/export.csv", 200)
    assert "320999003,北街街道,街道,320999" in b"".join(exported.streaming_content).decode()
    assert program.step(job["id"], "undo")["state"] == "undone"
    assert not Street.objects.filter(code="320999003").exists()


def test_columns_are_mapped_before_the_check(program: Program) -> None:
    job = program.upload([["编号", "叫什么", "级别", "归谁"], NORTH])
    assert job["mapping"] == {"level": 2}
    refused = program.step(job["id"], "check", status=400)
    assert refused["code"] == "mapping_incomplete"
    body = {"mapping": {"code": 0, "name": 1, "level": 2, "parent": 3}}
    program.ask("patch", f"imports/{job['id']}/", 200, data=body, content_type="application/json")
    assert program.step(job["id"], "check")["new"] == 1


def test_wrong_rows_are_told_and_hold_everything_back(program: Program) -> None:
    job = program.upload([HEAD, NORTH, ["320999004", "", "街道", "320999"]])
    job = program.step(job["id"], "check")
    assert (job["new"], job["wrong"]) == (1, 1)
    lines = program.ask("get", f"imports/{job['id']}/lines/?kind=wrong", 200).json()
    assert lines["results"][0]["errors"] == [{"column": "name", "header": "名称", "value": "", "message": "必填"}]
    assert program.step(job["id"], "apply", status=409)["code"] == "import_has_errors"
    book = load_workbook(io.BytesIO(program.ask("get", f"imports/{job['id']}/wrong.xlsx", 200).content))
    assert [cell.value for cell in book.worksheets[0][2]][-1] == "名称：必填"
    assert program.step(job["id"], "drop", status=200)["state"] == "dropped"
    assert program.step(job["id"], "check", status=409)["code"] == "import_state"


def test_tables_describe_themselves(program: Program) -> None:
    found = program.ask("get", "tables/", 200).json()
    assert [table["name"] for table in found][:5] == ["divisions", "grids", "boundaries", "units", "categories"]
    level = next(column for column in found[0]["columns"] if column["name"] == "level")
    assert (level["header"], level["required"], level["choices"]) == ("级别", True, ["区", "街道", "社区"])
    book = load_workbook(io.BytesIO(program.ask("get", "tables/divisions/template.xlsx", 200).content))
    assert book.worksheets[0]["A1"].value == "区划代码*"
    program.ask("get", "tables/nothing/template.xlsx", 404)
    program.ask("get", "tables/divisions/template.exe", 404)


@pytest.mark.parametrize("who", ["commander", "secadmin", "auditadmin", "district_dispatcher", "handler"])
def test_others_neither_read_in_nor_see_what_was(program: Program, cast: Cast, who: str) -> None:
    job = program.upload([HEAD, NORTH])
    stranger = Program(cast, who)
    stranger.upload([HEAD, NORTH], status=403)
    assert stranger.ask("get", "imports/", 200).json()["count"] == 0
    assert "divisions" not in [table["name"] for table in stranger.ask("get", "tables/", 200).json()]
    for method, address in (
        ("get", f"imports/{job['id']}/"),
        ("get", f"imports/{job['id']}/lines/"),
        ("get", f"imports/{job['id']}/wrong.xlsx"),
        ("post", f"imports/{job['id']}/check/"),
        ("post", f"imports/{job['id']}/drop/"),
        ("get", "tables/divisions/export.csv"),
        ("get", "tables/divisions/template.xlsx"),
    ):
        stranger.ask(method, address, 404)
    assert ImportJob.objects.get().state == "uploaded"


def test_a_repeat_with_the_same_key_is_one_import(program: Program) -> None:
    headers = {**program.headers, "Idempotency-Key": "once"}
    answers = [
        program.client.post(
            ROOT + "imports/", {"table": "divisions", "file": csv_file([HEAD, NORTH])}, headers=headers
        ).json()
        for _time in range(2)
    ]
    assert answers[0]["id"] == answers[1]["id"]
    assert ImportJob.objects.count() == 1
