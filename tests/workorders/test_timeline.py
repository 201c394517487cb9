"""Reminders that come again and again are one line of the timeline."""

from __future__ import annotations

import datetime as dt

from workorders.pages.sentences import folded
from workorders.pages.shapes import Happening

START = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def line(minute: int, kind: str, sentence: str, actor: str = "") -> Happening:
    at = START + dt.timedelta(minutes=minute)
    return Happening(at=at, actor=actor, sentence=sentence, kind=kind, is_machine=not actor, seq=minute)


def test_equal_reminders_fold_into_the_last_until_somebody_acts() -> None:
    history = [
        line(1, "dispatch", "派给 城管中队 主办", actor="孙婷"),
        line(2, "supervised", "对 城管中队 发出三级督办"),
        line(3, "reminded", "催办 环卫所"),
        line(4, "supervised", "对 城管中队 发出三级督办"),
        line(5, "supervised", "对 城管中队 发出三级督办"),
        line(6, "comment", "补充说明", actor="孙婷"),
        line(7, "supervised", "对 城管中队 发出三级督办"),
    ]
    shown = folded(history)
    assert [(each.seq, each.times, each.repeats) for each in shown] == [
        (1, 1, ""),
        (3, 1, ""),
        (5, 3, "已重复督办 3 次"),
        (6, 1, ""),
        (7, 1, ""),
    ]
    assert shown[2].since == START + dt.timedelta(minutes=2)


def test_different_sentences_stay_apart() -> None:
    history = [
        line(1, "supervised", "发出一级督办"),
        line(2, "supervised", "发出二级督办"),
        line(3, "warned", "已用一半"),
    ]
    assert [each.seq for each in folded(history)] == [1, 2, 3]
