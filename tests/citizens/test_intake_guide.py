"""What the guide tells the engineers of platforms is tried as they would try it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from citizens.management.platforms.server import KINDS
from citizens.models import ReturnKind
from tests.citizens.platforms import opened
from tests.workorders.conftest import Desk

GUIDE = Path(settings.BASE_DIR) / "docs" / "guide" / "intake.md"
PATH = "/intake/v1/hotline_12345/reports/"


def example(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_the_python_of_the_guide_signs(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    told: dict[str, Any] = {}
    exec(example("python"), told)
    body = example("json").encode()
    headers = told["signed_headers"](sender.key_id, sender.secret, PATH, body)
    answer = Client().post(PATH, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["external_ref"]) == (201, "GD-20261122-0001")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
def test_the_curl_of_the_guide_signs(desk: Desk, tmp_path: Path) -> None:
    sender = opened(desk, "hotline_12345")
    (tmp_path / "report.json").write_text(example("json"), encoding="utf-8")
    # What curl is called with is told, and sent by the test: its words are what the guide is about.
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + example("sh")
    names = {"LIANQIN_URL": "http://x", "LIANQIN_KEY": sender.key_id, "LIANQIN_SECRET": sender.secret}
    ran = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env={**os.environ, **names}, capture_output=True, check=True
    )
    words = ran.stdout.decode().split("\0")
    assert f"http://x{PATH}" in words
    given = [word.partition(": ") for word, before in zip(words[1:], words, strict=False) if before == "-H"]
    headers = {name: text for name, _colon, text in given if name != "Content-Type"}
    body = (tmp_path / words[words.index("--data-binary") + 1].removeprefix("@")).read_bytes()
    answer = Client().post(PATH, body, content_type="application/json", headers=headers)
    assert answer.status_code == 201, answer.content


def test_the_answers_of_the_guide_are_those_of_the_door(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    told = json.loads(example("json"))
    told["body"]["level"] = "9"
    answer = sender.send(told)
    shown = re.search(r'"errors": ({.*?})}', GUIDE.read_text(encoding="utf-8"))
    assert shown is not None
    assert (answer.status_code, answer.json()["errors"]) == (422, json.loads(shown[1]))


def test_the_guide_and_the_emulators_know_every_kind_of_news() -> None:
    sentence = GUIDE.read_text(encoding="utf-8").partition("`kind` 有八种：")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z]+)` ", sentence)) - {"text"} == set(ReturnKind.values) == KINDS
