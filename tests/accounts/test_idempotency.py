"""The same request twice: one effect, one answer."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts import services
from accounts.models import AuditEntry, IdempotencyRecord, User
from tests.accounts.conftest import make, signed_in
from tests.accounts.urls import Effect

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def post(user: User, number: str = "one", key: str | None = "k1", data: Any = None, query: str = "") -> Any:
    client = signed_in(user, raise_request_exception=False)
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(
        f"/api/v1/effects/{number}/{query}", data or {"a": 1}, content_type="application/json", headers=headers
    )


def effects() -> int:
    return AuditEntry.objects.filter(action="effect").count()


def test_a_repeat_gets_the_first_answer_to_the_byte(dispatcher: User) -> None:
    first, second = post(dispatcher), post(dispatcher)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content == '{"order":"one","b":1,"a":"中"}'.encode()
    assert second["Content-Type"] == "application/json"
    assert second["Location"] == "/x/"
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert effects() == 1


def test_without_a_key_every_request_counts(dispatcher: User) -> None:
    post(dispatcher, key=None)
    post(dispatcher, key=None)
    assert effects() == 2
    assert not IdempotencyRecord.objects.exists()


def test_the_order_of_members_does_not_make_another_body(dispatcher: User) -> None:
    post(dispatcher, data={"a": 1, "b": 2})
    assert post(dispatcher, data={"b": 2, "a": 1})["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("changed", [{"data": {"a": 2}}, {"query": "?dry=1"}])
def test_another_content_under_the_same_key_is_422(dispatcher: User, changed: dict[str, Any]) -> None:
    post(dispatcher)
    response = post(dispatcher, **changed)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert effects() == 1


def test_keys_are_scoped_to_user_and_path(dispatcher: User, outsider: User) -> None:
    post(dispatcher)
    post(outsider)
    post(dispatcher, number="two")
    assert effects() == 3


def test_visibility_comes_before_the_replay(dispatcher: User) -> None:
    assert post(dispatcher, number="hidden").status_code == 404
    assert post(dispatcher, number="hidden", key="bad key").status_code == 404


@pytest.mark.parametrize(("number", "status"), [("refused", 409), ("broken", 500)])
def test_a_refusal_leaves_neither_effect_nor_record(dispatcher: User, number: str, status: int) -> None:
    assert post(dispatcher, number=number).status_code == status
    assert post(dispatcher, number=number).status_code == status
    assert effects() == 0
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 201, "two words", "中文"])
def test_a_key_that_is_no_key_is_400(dispatcher: User, key: str) -> None:
    response = post(dispatcher, key=key)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")
    assert effects() == 0


def test_the_decorator_replays_an_empty_answer(dispatcher: User) -> None:
    client = signed_in(dispatcher)
    answers = [client.post("/api/v1/decorated/", headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert answers[1].content == b""
    assert effects() == 1


def test_files_count_by_their_content(dispatcher: User) -> None:
    client = signed_in(dispatcher)

    def send(content: bytes) -> Any:
        data = {"note": "x", "file": SimpleUploadedFile("a.jpg", content)}
        return client.post("/api/v1/effects/up/", data, headers={"Idempotency-Key": "k"})

    assert send(b"one").status_code == 201
    assert send(b"one")["Idempotent-Replayed"] == "true"
    assert send(b"two").status_code == 422


def test_after_a_day_a_key_is_new_again(dispatcher: User) -> None:
    post(dispatcher)
    IdempotencyRecord.objects.update(created_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    assert "Idempotent-Replayed" not in post(dispatcher)
    assert effects() == 2


def test_the_purge_takes_only_what_is_older_than_a_day(dispatcher: User) -> None:
    post(dispatcher, key="old")
    IdempotencyRecord.objects.update(created_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    post(dispatcher, key="young", number="two")
    IdempotencyRecord.objects.filter(key="young").update(created_at=timezone.now() - dt.timedelta(hours=23, minutes=59))
    assert services.purge_idempotency_records() == 1
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["young"]


def test_the_purge_leaves_an_answer_that_is_kept_anew_meanwhile(dispatcher: User) -> None:
    post(dispatcher)
    old = timezone.now() - dt.timedelta(hours=24, seconds=1)
    IdempotencyRecord.objects.update(created_at=old)

    def come_between(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("DELETE"):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE accounts_idempotencyrecord SET created_at = now()")
        return execute(sql, *rest)

    with connection.execute_wrapper(come_between):
        assert services.purge_idempotency_records() == 0
    assert post(dispatcher)["Idempotent-Replayed"] == "true"
    assert effects() == 1


def in_threads(count: int, work: Any) -> list[Any]:
    def run(index: int) -> Any:
        try:
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_in_flight_the_second_is_409() -> None:
    user = make("dispatcher")
    Effect.entered.clear()
    Effect.go_on.clear()
    answers: list[Any] = []

    def first() -> None:
        answers.append(post(user, number="slow"))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert Effect.entered.wait(10)
        second = post(user, number="slow")
    finally:
        Effect.go_on.set()
        thread.join()
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_flight")
    assert answers[0].status_code == 201
    assert post(user, number="slow")["Idempotent-Replayed"] == "true"
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect() -> None:
    user = make("dispatcher")
    clients = [signed_in(user) for _ in range(20)]
    barrier = threading.Barrier(20)

    def send(index: int) -> Any:
        barrier.wait(20)
        return clients[index].post(
            "/api/v1/effects/many/", {"a": 1}, content_type="application/json", headers={"Idempotency-Key": "k"}
        )

    answers = in_threads(20, send)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert sum("Idempotent-Replayed" not in answer for answer in answers if answer.status_code == 201) == 1
    assert effects() == 1
    assert IdempotencyRecord.objects.count() == 1
