"""Teach a reader from texts with labels, and measure it on others. Pure, in one thread, the same every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.svm import LinearSVC

from citizens.rules.reading_model import Array, Features, Reader, counts, softmax, vectors

Row = tuple[str, str]
# Read anew at each pass: what does not fit into memory is never there at once.
Rows = Callable[[], Iterable[Row]]
BATCH = 4096
# Up to so many texts all are held at once, and learned until nothing changes.
AT_ONCE = 20_000
PASSES = 3
# What only one text holds may be a name: it is not learned.
IN_TEXTS = 2
FEWEST_SUGGESTED = 20
# What is as likely wrong is never suggested, however often texts like those learned from were read rightly.
LEAST_SURE = 0.5
# Of texts that are all alike the least sure is all but certain; above this no difference counts.
CERTAIN = 0.99
NEVER = 1.01
SHARPNESSES = np.geomspace(0.5, 32.0, 49)


@dataclass(frozen=True, slots=True)
class Learned:
    """What the first pass counted."""

    texts: int
    labels: Counter[str]
    met: Array


def taught(rows: Rows, features: Features | None = None, *, at_once: int = AT_ONCE) -> Reader:
    """Return a reader that suggests nothing until it is calibrated. Raises ValueError for fewer than two labels."""
    features = features or Features()
    counted = _count(rows, features)
    if len(counted.labels) < 2:
        raise ValueError("a reader needs texts of two labels")
    kept = np.flatnonzero(counted.met >= IN_TEXTS)
    place = np.full(2**features.bits, len(kept), dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    rarity = np.zeros(len(kept) + 1, dtype=np.float32)
    rarity[:-1] = np.log((1 + counted.texts) / (1 + counted.met[kept])) + 1
    labels = tuple(sorted(counted.labels))
    learn = _learn_at_once if counted.texts <= at_once else _learn_in_passes
    weights, offset = learn(rows, features, place, rarity, counted)
    weights[-1] = 0.0
    return Reader(features, labels, place, rarity, weights.astype(np.float16), offset.astype(np.float32), 1.0, NEVER)


def calibrated(reader: Reader, rows: Rows, precision: float) -> Reader:
    """Make confidences mean what they say, and suggest only where so large a part was right.

    On texts that were not learned from. Where too few are left to tell, the reader suggests nothing.
    """
    said, doubted, truth = _judged(reader, rows)
    if not len(truth):
        return replace(reader, threshold=NEVER)
    sharpness = float(min(SHARPNESSES, key=lambda each: _surprise(doubted * each, truth)))
    sure = softmax(doubted * sharpness)[np.arange(len(said)), said]
    threshold = threshold_for(sure, said == truth, precision)
    if threshold < NEVER:
        threshold = min(max(threshold, LEAST_SURE), CERTAIN)
    return replace(reader, sharpness=sharpness, threshold=threshold)


def threshold_for(confidences: Array, right: Array, precision: float) -> float:
    """The lowest confidence from which on so large a part is right, at least FEWEST_SUGGESTED of them."""
    order = np.argsort(-confidences, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= precision)
    good = good[good >= FEWEST_SUGGESTED - 1]
    return float(confidences[order][good[-1]]) if len(good) else NEVER


def batches(rows: Iterable[Row], size: int = BATCH) -> Iterator[tuple[list[str], list[str]]]:
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield [text for text, _label in batch], [label for _text, label in batch]


def _count(rows: Rows, features: Features) -> Learned:
    met = np.zeros(2**features.bits, dtype=np.int64)
    labels: Counter[str] = Counter()
    for texts, told in batches(rows()):
        met += np.bincount(counts(texts, features).indices, minlength=len(met))
        labels.update(told)
    return Learned(labels.total(), labels, met)


def _learn_at_once(
    rows: Rows, features: Features, place: Array, rarity: Array, counted: Learned
) -> tuple[Array, Array]:
    texts, labels = zip(*rows(), strict=True)
    learner = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
    learner.fit(vectors(counts(texts, features), place, rarity), labels)
    return _both_sides(learner)


def _learn_in_passes(
    rows: Rows, features: Features, place: Array, rarity: Array, counted: Learned
) -> tuple[Array, Array]:
    """Stochastic descent, a batch after the other; what is rare counts more, by the root."""
    learner = SGDClassifier(loss="modified_huber", alpha=1e-6, average=True, random_state=0)
    mean = counted.texts / len(counted.labels)
    weight = {label: (mean / number) ** 0.5 for label, number in counted.labels.items()}
    shuffled = np.random.default_rng(0)
    for _pass in range(PASSES):
        for texts, labels in batches(rows()):
            order = shuffled.permutation(len(texts))
            told = np.array(labels)[order]
            found = vectors(counts(texts, features), place, rarity)[order]
            heavy = np.array([weight[label] for label in told])
            learner.partial_fit(found, told, classes=sorted(counted.labels), sample_weight=heavy)
    return _both_sides(learner)


def _both_sides(learner: Any) -> tuple[Array, Array]:
    """A column a label: of two labels, learners know one column only."""
    weights, offset = learner.coef_.T, learner.intercept_
    if weights.shape[1] == 1:
        weights, offset = np.hstack([-weights, weights]), np.concatenate([-offset, offset])
    return weights.copy(), offset


def _judged(reader: Reader, rows: Rows) -> tuple[Array, Array, Array]:
    """What is said, how sure each label may be, and what is true; texts of labels not learned are left out."""
    known = {label: at for at, label in enumerate(reader.labels)}
    said: list[int] = []
    doubted: list[Array] = []
    truth: list[int] = []
    for texts, labels in batches((text, label) for text, label in rows() if label in known):
        scores, unsure = reader.judged(texts)
        said += scores.argmax(axis=1).tolist()
        doubted.append(unsure)
        truth += [known[label] for label in labels]
    every = np.vstack(doubted) if doubted else np.zeros((0, len(known)))
    return np.array(said, dtype=np.int64), every, np.array(truth, dtype=np.int64)


def _surprise(scores: Array, truth: Array) -> float:
    return float(-np.log(softmax(scores)[np.arange(len(truth)), truth] + 1e-12).mean())
