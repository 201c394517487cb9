"""Play the life courses, each some times, in scratch databases beside the target, by several processes."""

from __future__ import annotations

import datetime as dt
import itertools
import multiprocessing
import random
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from django.db import connections

from benchmarks.dataset import player
from benchmarks.dataset.life import ABANDONED, COURSES, SOURCES, Course
from benchmarks.dataset.life.abandoned import LEAST, MOST
from benchmarks.dataset.player import Player, Recording, Stop
from benchmarks.dataset.progress import Progress
from benchmarks.dataset.target import name_of, scratch_copies
from benchmarks.dataset.town import Matter, Town
from catalogue import calendars, revisions
from catalogue.workclock import SHANGHAI
from grids.ground import look_again
from workorders.models import Attachment
from workorders.services.attachments import remove_file

ALL: dict[str, Course] = {**COURSES, **ABANDONED}
# How often matters of a class are told of.
CLASSES = {
    "01": 22, "02": 4, "03": 12, "04": 8, "05": 3, "06": 8, "07": 6, "08": 5, "09": 10, "10": 10, "11": 3, "12": 5,
    "13": 5, "14": 4,
}  # fmt: skip
# Reports of an hour of the day and of a day of the week.
HOURS = (
    0.35, 0.3, 0.25, 0.25, 0.3, 0.5, 0.8, 1.3, 1.7, 1.8, 1.7, 1.4, 1.1, 1.2, 1.5, 1.6, 1.6, 1.5, 1.4, 1.2, 1.0, 0.8,
    0.6, 0.45,
)  # fmt: skip
WEEKDAYS = (1.15, 1.1, 1.05, 1.0, 1.05, 0.75, 0.65)
# Orders for each play; every course is played at least once.
ORDERS_PER_PLAY = 100
MOST_PLAYS = 260
FREE_WEEKS = 11
TRIES = 6


@dataclass(frozen=True, slots=True)
class Play:
    course: str
    number: int
    monday: dt.date
    until: dt.datetime | None


def plays_for(orders: int, now: dt.datetime) -> list[Play]:
    """Every course at least once, the frequent ones more often, at other hours, by other people, of other matters."""
    wanted = min(MOST_PLAYS, orders // ORDERS_PER_PLAY)
    shares = sum(course.share for course in COURSES.values())
    monday = quiet_monday(now)
    plays = []
    for course in COURSES.values():
        count = max(1, round(wanted * course.share / shares))
        plays += [Play(course.name, number, monday, None) for number in range(count)]
    copies = max(1, min(3, orders // 100_000))
    plays += [Play(name, number, monday, now) for name in ABANDONED for number in range(copies)]
    return plays


def quiet_monday(now: dt.datetime) -> dt.date:
    """The last Monday before which no holiday disturbs the weeks in which courses are played."""
    calendar = calendars.current()
    monday = (now - dt.timedelta(weeks=FREE_WEEKS)).astimezone(SHANGHAI).date()
    monday -= dt.timedelta(days=monday.weekday())
    while True:
        days = (monday + dt.timedelta(days=n) for n in range(7 * FREE_WEEKS))
        if all(calendar.is_workday(day) == (day.weekday() < 5) for day in days):
            return monday
        monday -= dt.timedelta(weeks=1)


def record(url: str, plays: list[Play], town: Town, seed: int, workers: int) -> list[Recording]:
    """Play them all; what they leave in the database goes with it. Nobody may be connected to ``url``."""
    connections.close_all()
    progress = Progress("life courses played", len(plays))
    found: list[tuple[int, Recording]] = []
    with scratch_copies(url, workers) as urls:
        context = multiprocessing.get_context("fork")
        pools = [ProcessPoolExecutor(1, context, _open, (name_of(each), town, seed)) for each in urls]
        try:
            running: dict[Future[Recording], int] = {
                pool.submit(_play, play): n for n, (pool, play) in enumerate(zip(itertools.cycle(pools), plays))
            }
            for done in as_completed(running):
                found.append((running[done], done.result()))
                progress.add(1)
        finally:
            for pool in pools:
                pool.shutdown(cancel_futures=True)
    progress.finish()
    recordings = [recording for _, recording in sorted(found, key=lambda each: each[0])]
    _share_one_picture(recordings)
    return recordings


_stage: dict[str, tuple[Town, int]] = {}


def _open(database: str, town: Town, seed: int) -> None:
    connections["default"].settings_dict["NAME"] = database
    revisions.forget()
    look_again()
    player.open_stage()
    _stage["here"] = town, seed


def _play(play: Play) -> Recording:
    """Play a course; one that came out otherwise because of its dice is played again with others."""
    town, seed = _stage["here"]
    for attempt in itertools.count(1):
        dice = random.Random(f"{seed} {play} {attempt}")
        try:
            return _played(play, town, dice)
        except Exception:
            if attempt == TRIES:
                raise
    raise AssertionError


def _played(play: Play, town: Town, dice: random.Random) -> Recording:
    course = ALL[play.course]
    spot = town.spot(dice)
    matter = draw_matter(town.matters, course, dice)
    twins = [each for each in town.matters if each.sign == matter.sign and each is not matter]
    (source,) = dice.choices(course.sources, [SOURCES[each][1] for each in course.sources])
    p = Player(
        town,
        dice,
        _start(play, dice),
        (spot, town.elsewhere(spot, dice)),
        (matter, dice.choice(twins or [matter])),
        source,
        play.until,
    )
    try:
        course.play(p)
    except Stop:
        assert play.until is not None
    recording = p.recording
    recording.course = course.name
    _check(course, p)
    return recording


def draw_matter(matters: list[Matter], course: Course, dice: random.Random) -> Matter:
    fit = [each for each in matters if course.fits(each)]
    return dice.choices(fit, [CLASSES.get(each.top, 1) for each in fit])[0]


def _start(play: Play, dice: random.Random) -> dt.datetime:
    if play.until is not None:
        return play.until - dt.timedelta(seconds=dice.uniform(LEAST.total_seconds(), MOST.total_seconds()))
    (weekday,) = dice.choices(range(7), WEEKDAYS)
    (hour,) = dice.choices(range(24), HOURS)
    day = dt.datetime.combine(play.monday, dt.time(hour), tzinfo=SHANGHAI) + dt.timedelta(days=weekday)
    return day + dt.timedelta(seconds=dice.uniform(120, 3480))


def _check(course: Course, p: Player) -> None:
    orders = [p.order(n) for n in range(len(p.order_ids))]
    days = {order.reported_at.astimezone(SHANGHAI).date() for order in orders}
    assert len(days) == 1, "the orders of a course are numbered on one day"
    if course.left is not None:
        assert (orders[0].status, orders[0].level) == course.left
    else:
        assert all(order.ended_at is not None for order in orders)


def _share_one_picture(recordings: list[Recording]) -> None:
    """All attachments show the same picture: keep the files of one."""
    rows = [row for each in _last_rows(recordings) for row in each]
    if not rows:
        return
    kept = rows[0]["path"], rows[0]["thumbnail_path"]
    for name in {row[key] for row in rows for key in ("path", "thumbnail_path")} - {*kept, ""}:
        remove_file(name)
    for row in rows:
        row["path"], row["thumbnail_path"] = kept


def _last_rows(recordings: list[Recording]) -> Iterator[list[dict[str, str]]]:
    for recording in recordings:
        for moments in recording.orders:
            for moment in moments:
                yield moment.rows[Attachment._meta.db_table]
