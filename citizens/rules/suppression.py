"""Which numbers of a table must stay unsaid, so that nobody can work out a small one from the others. Pure.

A table of streets by classes is published with its totals. A number from 1 up to, not including, ``least`` is kept
back. It could be had by subtraction, so others are kept back with it: until of every number kept back at least
``least`` values remain possible, for a reader who knows all that is published, and that what is kept back is not zero.
The bounds are exact: what is kept back is a graph of rows and columns, and what a number can be is a flow in it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Mapping

# The name of the row and of the column of totals.
TOTAL = "total"
Key = tuple[str, str]
# A row or a column: whether it is a row, and its name.
Node = tuple[bool, str]
_ANY = 10**12


def with_totals(counts: Mapping[Key, int]) -> dict[Key, int]:
    """The numbers with those of their rows and columns, and the total of all."""
    table = dict(counts)
    for (row, column), count in counts.items():
        for key in ((row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            table[key] = table.get(key, 0) + count
    return table


def kept_back(counts: Mapping[Key, int], least: int) -> frozenset[Key]:
    """Keys of what is not to be shown; zero says nothing of anybody and is never among them."""
    table = with_totals(counts)
    hidden = {key for key, count in table.items() if 0 < count < least}
    guarded = False
    while not guarded:
        guarded = True
        for key in sorted(hidden, key=lambda key: (table[key], key)):
            if room(table, hidden, key, least) < least - 1:
                hidden.update(_cheapest_circle(table, hidden, key, least - 1))
                guarded = False
    return frozenset(hidden)


def room(table: Mapping[Key, int], hidden: set[Key], key: Key, enough: int) -> int:
    """How far apart the least and the greatest possible value of what is hidden are; looked at up to ``enough``."""
    up = _flow(table, hidden, key, rising=True, enough=enough)
    down = _flow(table, hidden, key, rising=False, enough=min(enough, table[key] - 1))
    return min(enough, up + down)


def _is_sum(key: Key) -> bool:
    """A total stands on the other side of the equation: with its sign turned, every row and column adds up to zero."""
    return (key[0] == TOTAL) != (key[1] == TOTAL)


def _free(table: Mapping[Key, int], key: Key, *, up: bool) -> int:
    """By how much a hidden value may move, in the table whose totals have their sign turned."""
    return _ANY if up != _is_sum(key) else table[key] - 1


def _ends(key: Key, *, rising: bool) -> tuple[Node, Node]:
    """From where to where the rest must flow if the value of ``key`` rises or falls."""
    row, column = (True, key[0]), (False, key[1])
    return (column, row) if rising != _is_sum(key) else (row, column)


def _flow(table: Mapping[Key, int], hidden: set[Key], key: Key, *, rising: bool, enough: int) -> int:
    """By how much a value can rise or fall while others make up for it (Edmonds and Karp)."""
    start, end = _ends(key, rising=rising)
    others: dict[Node, list[tuple[Node, Key]]] = {}
    for each in hidden - {key}:
        row, column = (True, each[0]), (False, each[1])
        others.setdefault(row, []).append((column, each))
        others.setdefault(column, []).append((row, each))
    moved = dict.fromkeys(hidden, 0)

    def left(node: Node, each: Key) -> int:
        by_row = node[0]
        return _free(table, each, up=by_row) - (moved[each] if by_row else -moved[each])

    total = 0
    while total < enough:
        came: dict[Node, tuple[Node, Key] | None] = {start: None}
        queue = deque([start])
        while queue and end not in came:
            node = queue.popleft()
            for after, each in others.get(node, ()):
                if after not in came and left(node, each) > 0:
                    came[after] = (node, each)
                    queue.append(after)
        if end not in came:
            break
        way = list(_way(came, end))
        step = min(enough - total, *(left(node, each) for node, each in way))
        for node, each in way:
            moved[each] += step if node[0] else -step
        total += step
    return total


def _way(came: Mapping[Node, tuple[Node, Key] | None], end: Node) -> Iterator[tuple[Node, Key]]:
    step = came[end]
    while step is not None:
        yield step
        step = came[step[0]]


def _cheapest_circle(table: Mapping[Key, int], hidden: set[Key], key: Key, enough: int) -> set[Key]:
    """The least that must be hidden as well, so that ``key`` may be greater by ``enough``.

    There is one always: if the totals of its row and column and of all are hidden, it may be as great as it likes.
    """
    start, end = _ends(key, rising=True)
    lines: dict[Node, list[tuple[Node, Key]]] = {}
    for each, count in table.items():
        if count and each != key:
            row, column = (True, each[0]), (False, each[1])
            if _free(table, each, up=True) >= enough:
                lines.setdefault(row, []).append((column, each))
            if _free(table, each, up=False) >= enough:
                lines.setdefault(column, []).append((row, each))
    best: dict[Node, tuple[int, tuple[Node, Key] | None]] = {start: (0, None)}
    queue: list[tuple[int, Node]] = [(0, start)]
    done: set[Node] = set()
    while queue:
        cost, node = heapq.heappop(queue)
        if node == end:
            break
        if node in done:
            continue
        done.add(node)
        for after, each in lines.get(node, ()):
            price = cost + 1 + (0 if each in hidden else _worth(table, each))
            if after not in best or price < best[after][0]:
                best[after] = (price, (node, each))
                heapq.heappush(queue, (price, after))
    return {each for _node, each in _way({node: step for node, (_cost, step) in best.items()}, end)}


def _worth(table: Mapping[Key, int], key: Key) -> int:
    """What readers lose by it: totals are what they look for first."""
    totals = (key[0] == TOTAL) + (key[1] == TOTAL)
    return table[key] * (1, 20, 1000)[totals]
