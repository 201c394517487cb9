"""Settings are read from the environment as they were meant."""

from __future__ import annotations

import pytest

from lianqin import environment


def test_a_database_address_is_taken_apart() -> None:
    assert environment.database("postgres://li%40n:p%2Fw@db.example:5433/lianqin?sslmode=require") == {
        "ENGINE": "lianqin.kernel.postgresql",
        "NAME": "lianqin",
        "USER": "li@n",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {
            "sslmode": "require",
            "prepare_threshold": 5,
            "options": "-c plan_cache_mode=force_generic_plan -c jit=off",
        },
    }


def test_behind_a_pooler_no_plans_are_kept() -> None:
    found = environment.database("postgres://a@b/c?prepare_threshold=off&application_name=x")
    assert found["OPTIONS"] == {"application_name": "x", "prepare_threshold": None}


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgres://a@b", "lianqin"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        environment.database(url)


def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANQIN_TIME_SCALE", "fast")
    with pytest.raises(ValueError, match="LIANQIN_TIME_SCALE must be a whole number"):
        environment.integer("LIANQIN_TIME_SCALE")
