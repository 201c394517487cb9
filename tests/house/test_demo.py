"""What the demo leaves for people: accounts, the address last, and the environment of the operators' commands."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import User
from lianqin.local.demo import Demo
from lianqin.local.processes import PlainError
from lianqin.local.services import Services


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    folder = tmp_path / "a folder"
    folder.mkdir()
    chosen = argparse.Namespace(dir=folder, port=8123, time_scale=60, empty=False)
    return Demo(chosen, Path(sys.executable), Services(folder, tmp_path))


def test_the_address_comes_last(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"username": "commander", "password": "secret", "role": "district_commander", "unit": "区联勤指挥中心"}
    demo.accounts.write_text(json.dumps([row]))
    demo.introduce("http://127.0.0.1:8123")
    told = [line for line in capsys.readouterr().out.splitlines() if line]
    assert "commander  secret" in told[0]
    assert "http://127.0.0.1:8123/citizen/demo/messages/" in told[-3], "where codes for residents are read"
    assert "citizen1" in told[-2]
    assert told[-1].split() == ["http://127.0.0.1:8123", "Ctrl-C", "stops", "everything."]


def test_a_shell_can_take_over_the_environment(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.services, "environment", lambda: {"SECRET_KEY": "it's $secret"})
    demo.write_environment()
    path = demo.folder / "env.sh"
    assert path.stat().st_mode & 0o077 == 0
    command = '. "$1"; printf "%s|%s|%s" "$SECRET_KEY" "$LIANQIN_TIME_SCALE" "$LIANQIN_STATE_DIR"'
    done = subprocess.run(["sh", "-c", command, "sh", str(path)], capture_output=True, text=True, check=True, env={})
    assert done.stdout == f"it's $secret|60|{demo.folder}"


def test_a_furnished_demo_does_not_become_an_empty_one(demo: Demo) -> None:
    demo.settle_kind()
    demo.settle_kind()
    demo.chosen.empty = True
    with pytest.raises(PlainError, match="holds a demo that is furnished; add --fresh or give another --dir"):
        demo.settle_kind()


@pytest.mark.django_db
def test_an_empty_platform_has_three_officers_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(officer__gt="").delete()
    monkeypatch.setenv("LIANQIN_DEMO_PASSWORD", "lantern-river-42")
    for _start in range(2):
        call_command("seed_officers", accounts=tmp_path / "accounts.json")
    listed = json.loads((tmp_path / "accounts.json").read_text())
    assert [row["username"] for row in listed] == ["sysadmin", "secadmin", "auditadmin"]
    assert sorted(User.objects.exclude(officer="").values_list("username", "officer")) == [
        ("auditadmin", "auditadmin"),
        ("secadmin", "secadmin"),
        ("sysadmin", "sysadmin"),
    ]
