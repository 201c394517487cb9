"""What the pages of moderation show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from citizens.models import Flag, WordList
from citizens.registry import Seen, moderated_kinds
from citizens.rules.words import words_of
from citizens.selectors.abuse import (
    appeals_waiting,
    blocks_in_force,
    open_flags,
    word_list_waiting,
    words_in_force,
)
from citizens.services.limits import noisiest
from lianqin.kernel.actors import Actor

NOISY_SHOWN = 10
GONE = Seen("", "")


@dataclass(frozen=True, slots=True)
class Row:
    """``own``: proposed by who looks, so that another has to confirm it."""

    flag: Flag
    title: str
    seen: Seen
    own: bool


def flag_rows(flags: list[Flag], actor: Actor) -> list[Row]:
    """One look for each kind, however many there are."""
    kinds = moderated_kinds()
    wanted: dict[str, list[int]] = {}
    for flag in flags:
        wanted.setdefault(flag.kind, []).append(flag.object_id)
    looked = {kind: kinds[kind].look(ids) for kind, ids in wanted.items() if kind in kinds}
    return [
        Row(
            flag,
            str(kinds[flag.kind].title) if flag.kind in kinds else flag.kind,
            looked.get(flag.kind, {}).get(flag.object_id, GONE),
            flag.decided_by_id == actor.user_id,
        )
        for flag in flags
    ]


def counts() -> dict[str, int]:
    """What waits under each heading."""
    return {"flags": open_flags().count(), "appeals": appeals_waiting().count()}


def words_page(actor: Actor) -> dict[str, Any]:
    current, waiting = words_in_force(), word_list_waiting()
    return {
        "current": current,
        "waiting": waiting,
        "own": waiting is not None and waiting.drafted_by_id == actor.user_id,
        "added": _beyond(waiting, current),
        "removed": _beyond(current, waiting) if waiting else [],
        "contents": waiting.contents if waiting else current.contents if current else "",
        "count": len(words_of(current.contents)[0]) if current else 0,
    }


def blocks_page(actor: Actor) -> dict[str, Any]:
    kept_out = list(blocks_in_force())
    marks = {block.mark for block in kept_out}
    return {
        "blocks": kept_out,
        "appeals": list(appeals_waiting()),
        "noisy": [each for each in noisiest(NOISY_SHOWN) if each.mark not in marks],
        "me": actor.user_id,
    }


def _beyond(one: WordList | None, other: WordList | None) -> list[str]:
    """Words of one list that the other does not have."""
    known = words_of(other.contents)[0] if other else {}
    return [word for word in words_of(one.contents)[0] if word not in known] if one else []
