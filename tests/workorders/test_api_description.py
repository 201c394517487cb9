"""The OpenAPI document tells the truth about orders."""

from __future__ import annotations

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

ROOT = "/api/v1/work-orders/{number}/"
# Typed by hand: every action that somebody may post to an order.
ACTIONS = {
    "acknowledge", "adjust", "arbitrate", "assign_worker", "callback", "claim", "comment", "contest", "contest_return",
    "decline", "dispatch", "escalate", "extend", "hand_down", "handle_on_site", "merge", "override", "pass_up", "place",
    "reclassify", "register", "register_to_district", "relocate", "reopen", "resume", "return_assignment", "rework",
    "shelve", "submit_result", "verify", "void", "withdraw",
}  # fmt: skip
PART_ACTIONS = {"acknowledge", "return", "submit_result", "override"}


@pytest.fixture(scope="module")
def schema() -> Any:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def inputs(schema: Any, path: str) -> dict[str, Any]:
    body = schema["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    found: dict[str, Any] = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    return found


def test_it_is_made_without_a_warning(schema: Any) -> None:
    assert [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache] == []


def test_every_action_has_its_own_path(schema: Any) -> None:
    posts = {path for path, methods in schema["paths"].items() if path.startswith(ROOT) and "post" in methods}
    on_order = {path.removeprefix(ROOT).strip("/") for path in posts if path.count("{") == 1} - {"attachments"}
    parts = f"{ROOT}assignments/{{assignment_id}}/"
    # Two actions that are one decision, and a look that is written down.
    assert on_order - ACTIONS == {"register-and-dispatch", "reveal-contact"}
    assert on_order >= ACTIONS
    assert {path.removeprefix(parts).strip("/") for path in posts if path.startswith(parts)} == PART_ACTIONS


def test_inputs_are_those_of_the_action(schema: Any) -> None:
    dispatch = inputs(schema, f"{ROOT}dispatch/")
    assert set(dispatch["properties"]) == {"lead", "assists", "instruction", "adopt", "correction", "reason", "version"}
    assert "required" not in dispatch
    assert dispatch["properties"]["assists"]["type"] == "array"
    relocate = inputs(schema, f"{ROOT}relocate/")
    assert relocate["required"] == ["lat", "lon", "reason"]
    assert relocate["properties"]["lon"]["minimum"] == -180
    shelve = inputs(schema, f"{ROOT}shelve/")
    assert shelve["properties"]["review_on"]["format"] == "date"
    result = inputs(schema, f"{ROOT}assignments/{{assignment_id}}/submit_result/")
    assert (result["required"], result["properties"]["result"]["maxLength"]) == (["result"], 2000)


def test_every_post_takes_a_key_and_every_answer_may_be_a_problem(schema: Any) -> None:
    for path, methods in schema["paths"].items():
        if not path.startswith("/api/v1/work-orders/"):
            continue
        for method, operation in methods.items():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            if method == "post":
                assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]


def test_files_are_multipart_in_and_bytes_out(schema: Any) -> None:
    post = schema["paths"][f"{ROOT}attachments/"]["post"]
    assert list(post["requestBody"]["content"]) == ["multipart/form-data"]
    file = schema["paths"][f"{ROOT}attachments/{{key}}/file"]["get"]["responses"]["200"]["content"]
    assert file == {"*/*": {"schema": {"type": "string", "format": "binary"}}}


def test_the_list_names_its_filters(schema: Any) -> None:
    named = {parameter["name"] for parameter in schema["paths"]["/api/v1/work-orders/"]["get"]["parameters"]}
    assert named == {
        "status", "level", "street", "community", "grid", "category", "source", "unit", "urgency", "overdue", "on_site",
        "created_after", "created_before", "q", "queue", "sort", "limit", "cursor",
    }  # fmt: skip
