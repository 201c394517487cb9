"""From a committed change to its consumers: nothing lost, nothing skipped, nothing doubled."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from lianqin.kernel.clock import Now
from relay import health, registry, services, transports
from relay.models import Consumption, Delivery, LogState, OutboxMessage
from relay.rules import backoff_seconds
from relay.selectors import dead_letters
from tests.relay.conftest import Recorder

pytestmark = pytest.mark.django_db(transaction=True)


def say(key: str, *, topic: str = "test.news", audience: tuple[str, ...] = ("s:1",)) -> None:
    with transaction.atomic():
        services.post(topic=topic, key=key, payload={"number": key}, audience=audience)


def test_a_message_goes_with_its_transaction() -> None:
    with transaction.atomic():
        services.post(topic="test.news", key="a", payload={})
        transaction.set_rollback(True)
    assert OutboxMessage.objects.count() == 0
    with pytest.raises(transaction.TransactionManagementError):
        services.post(topic="test.news", key="a", payload={})


def test_a_row_that_commits_late_is_not_skipped(recorder: Recorder) -> None:
    written, go_on = threading.Event(), threading.Event()

    def commit_late() -> None:
        with transaction.atomic():
            services.post(topic="test.news", key="late", payload={})
            written.set()
            assert go_on.wait(10)
        connections.close_all()

    late = threading.Thread(target=commit_late)
    late.start()
    assert written.wait(10)
    say("early")
    services.drain()
    assert recorder.keys == ["early"]
    go_on.set()
    late.join()
    services.drain()
    assert recorder.keys == ["early", "late"]
    # "late" has the lower id and the higher number.
    assert list(OutboxMessage.objects.order_by("id").values_list("key", "sequence")) == [("late", 2), ("early", 1)]


def test_two_relays_side_by_side_double_nothing(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(transports, "publish", sent.extend)
    for number in range(300):
        say(str(number))

    def relay() -> None:
        while services.publish_round() or services.deliver_due():
            pass
        connections.close_all()

    relays = [threading.Thread(target=relay) for _ in range(4)]
    for each in relays:
        each.start()
    for each in relays:
        each.join()
    assert list(OutboxMessage.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 301))
    assert sent == [
        b'{"sequence":%d,"topic":"test.news","payload":{"number":"%d"},"audience":["s:1"]}' % (n, n - 1)
        for n in range(1, 301)
    ]
    assert len(recorder.keys) == 300
    assert len(set(recorder.keys)) == 300
    assert Delivery.objects.filter(state="done", attempts=1).count() == 300


def test_the_lease_of_a_killed_worker_runs_out(recorder: Recorder) -> None:
    say("a")
    services.sequence_pending()
    assert len(services.lease_due()) == 1
    assert services.deliver_due() == 0
    Delivery.objects.update(next_at=Now() - timedelta(seconds=1))
    assert services.deliver_due() == 1
    assert recorder.keys == ["a"]
    assert Delivery.objects.get().attempts == 2


def test_first_attempts_are_leased_in_handfuls_and_further_ones_alone(recorder: Recorder) -> None:
    """A message that kills its worker uses up one attempt of its neighbours, and no more."""
    for key in "abc":
        say(key)
    services.sequence_pending()
    assert [lease.attempts for lease in services.lease_due()] == [1, 1, 1]
    Delivery.objects.update(next_at=Now() - timedelta(seconds=1))
    say("d")
    services.sequence_pending()
    assert [[lease.attempts for lease in services.lease_due()] for _ in range(5)] == [[2], [2], [2], [1], []]


def test_a_handful_is_of_one_consumer(recorder: Recorder) -> None:
    registry.consumer("test.second", ["test.news"])(lambda message: None)
    for key in "abc":
        say(key)
    services.sequence_pending()
    leased = [{lease.consumer for lease in services.lease_due()} for _ in range(2)]
    registry.forget("test.second")
    assert sorted(leased, key=sorted) == [{"test.recorder"}, {"test.second"}]
    assert services.lease_due() == []


def test_one_that_fails_holds_up_nobody_of_its_handful(recorder: Recorder) -> None:
    @registry.consumer("test.picky", ["test.other"])
    def pick(message: OutboxMessage) -> None:
        assert services.once("test.picky", message.pk)
        if message.key == "b":
            raise ValueError("not this one")

    for key in "abc":
        say(key, topic="test.other")
    services.drain()
    registry.forget("test.picky")
    told = Delivery.objects.order_by("message").values_list("message__key", "state", "attempts", "last_error")
    assert list(told) == [("a", "done", 1, ""), ("b", "pending", 1, "ValueError: not this one"), ("c", "done", 1, "")]
    assert sorted(Consumption.objects.values_list("message__key", flat=True)) == ["a", "c"]


def test_a_handful_is_a_handful_of_statements(
    recorder: Recorder, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(30):
        say(str(number))
    services.sequence_pending()
    # Lease, fetch, begin, settle, commit, and a look that finds nothing more.
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert services.deliver_due() == 30
    assert len(recorder.keys) == 30


@pytest.mark.parametrize("count", [1, 3])
def test_a_cut_connection_is_nobodys_attempt(recorder: Recorder, count: int) -> None:
    """Django opens a new connection before the error of the old one arrives: it must be told by the error itself."""
    cuts: list[str] = []

    @registry.consumer("test.cut", ["test.other"])
    def cut(message: OutboxMessage) -> None:
        assert services.once("test.cut", message.pk)
        if len(cuts) < 2:
            cuts.append(message.key)
            cut_ourselves()
            Delivery.objects.count()

    for number in range(count):
        say(str(number), topic="test.other")
    services.drain()
    assert not Delivery.objects.filter(state="dead").exists()
    assert set(Delivery.objects.filter(state="pending").values_list("attempts", flat=True)) <= {0}
    Delivery.objects.update(next_at=Now())
    services.drain()
    Delivery.objects.update(next_at=Now())
    services.drain()
    registry.forget("test.cut")
    assert len(cuts) == 2
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}
    assert Consumption.objects.count() == count


def cut_ourselves() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()


def test_effect_and_receipt_are_one(recorder: Recorder) -> None:
    """A handler that fails after writing leaves nothing behind but its error."""

    @registry.consumer("test.failing", ["test.other"])
    def fail(message: OutboxMessage) -> None:
        assert services.once("test.failing", message.pk)
        raise ValueError("after the effect")

    say("a", topic="test.other")
    services.drain()
    registry.forget("test.failing")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_error) == ("pending", "ValueError: after the effect")
    with transaction.atomic():
        assert services.once("test.failing", delivery.message_id) is True
        assert services.once("test.failing", delivery.message_id) is False


def test_after_twelve_failures_a_delivery_is_dead_until_retried(recorder: Recorder) -> None:
    recorder.broken = True
    say("a")
    for _ in range(12):
        services.drain()
        Delivery.objects.update(next_at=Now())
    assert [(letter.attempts, letter.last_error) for letter in dead_letters()] == [(12, "RuntimeError: not today")]
    services.drain()
    assert Delivery.objects.get().attempts == 12
    assert health.outbox_dead_letters() == health.Fact(ok=False, value=1, limit=0)
    recorder.broken = False
    assert services.retry_dead() == 1
    services.drain()
    assert recorder.keys == ["a"]
    assert health.outbox_dead_letters().ok


def test_backoff_doubles_up_to_ten_minutes() -> None:
    assert [backoff_seconds(n, jitter=1.0) for n in (1, 2, 3, 20)] == [1.0, 2.0, 4.0, 600.0]
    assert backoff_seconds(3, jitter=0.0) == 2.0


def test_purge_keeps_what_is_young_or_unfinished(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transports, "publish", lambda messages: None)
    for key in ("old", "stuck", "young"):
        say(key)
    services.publish_round()
    services.deliver_due()
    OutboxMessage.objects.exclude(key="young").update(created_at=Now() - timedelta(days=31))
    Delivery.objects.filter(message__key="stuck").update(state="dead")
    assert services.purge(days=30) == 1
    assert sorted(OutboxMessage.objects.values_list("key", flat=True)) == ["stuck", "young"]
    assert LogState.objects.get().purged_sequence == 1


def test_post_is_one_insert(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with transaction.atomic(), django_assert_num_queries(1):  # type: ignore[operator]
        services.post(topic="test.news", key="a", payload={})


def test_a_silent_outbox_is_seen_by_the_monitor() -> None:
    say("a")
    assert health.outbox_backlog().ok
    OutboxMessage.objects.update(created_at=Now() - timedelta(minutes=2))
    assert not health.outbox_backlog().ok


def test_a_relay_with_nothing_to_do_is_quick() -> None:
    begun = time.perf_counter()
    assert services.publish_round() == 0
    assert time.perf_counter() - begun < 1
    assert not connection.in_atomic_block


def test_what_locks_as_people_do_shares_no_transaction(recorder: Recorder) -> None:
    shared: dict[str, list[str]] = {}

    @registry.consumer("test.locker", ["test.news"], alone=lambda message: message.key.startswith("lock"))
    def hear(message: OutboxMessage) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            shared.setdefault(cursor.fetchone()[0], []).append(message.key)

    try:
        for key in ("lock-1", "a", "lock-2", "b"):
            say(key)
        services.drain()
    finally:
        registry.forget("test.locker")
    assert sorted(shared.values()) == [["a", "b"], ["lock-1"], ["lock-2"]]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
