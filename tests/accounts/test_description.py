"""The API describes itself, without another host."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def test_the_schema_names_keys_problems_and_doors() -> None:
    response = Client().get("/api/v1/schema/", {"format": "json"})
    assert response.status_code == 200
    paths = response.json()["paths"]
    effect = paths["/api/v1/decorated/"]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in effect["parameters"]]
    assert "application/problem+json" in effect["responses"]["default"]["content"]
    assert "Idempotency-Key" not in str(paths["/api/v1/auth/token/"]["post"].get("parameters"))
    assert set(response.json()["components"]["securitySchemes"]) == {"token", "session"}


def test_swagger_stands_on_this_host_alone_with_its_own_policy() -> None:
    response = Client().get("/api/v1/docs/")
    assert response.status_code == 200
    page = response.content.decode()
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    assert "<script>" not in page
    policy = {each.strip() for each in response["Content-Security-Policy"].split(";")}
    assert {"style-src 'self' 'unsafe-inline'", "script-src 'self'"} <= policy
    assert "unsafe-inline" not in Client().get("/accounts/signin/")["Content-Security-Policy"]
