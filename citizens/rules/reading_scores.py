"""How well a reader reads: macro-F1, confusion, and by folds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from citizens.rules.reading_model import Features, Reader
from citizens.rules.reading_training import Row, batches, taught

FOLDS = 5
Judge = Callable[[Sequence[str], Sequence[str], Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Scores:
    """Of texts that were not learned from. ``coverage``: the part suggested for; ``precision``: right among those."""

    texts: int
    macro_f1: float
    accuracy: float
    coverage: float
    precision: float
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Macro-F1 of each repetition; the confusion of the first."""

    name: str
    f1: tuple[float, ...]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]


def scored(reader: Reader, rows: Iterable[Row]) -> Scores:
    truth: list[str] = []
    said: list[str] = []
    sure: list[float] = []
    for texts, labels in batches(rows):
        found, confidences = reader.answers(texts)
        said += [reader.labels[at] for at in found]
        sure += confidences.tolist()
        truth += labels
    right = np.array([a == b for a, b in zip(truth, said, strict=True)], dtype=bool)
    given = np.array(sure) >= reader.threshold
    labels_met = tuple(sorted(set(truth) | set(said)))
    table = confusion(truth, said, labels_met)
    return Scores(
        texts=len(truth),
        macro_f1=macro_f1(table, labels_met, set(truth)),
        accuracy=float(right.mean()) if len(right) else 0.0,
        coverage=float(given.mean()) if len(right) else 0.0,
        precision=float(right[given].mean()) if given.any() else 0.0,
        labels=labels_met,
        confusion=table,
    )


def is_better(one: Scores, other: Scores, precision: float) -> bool:
    """Reads better, and what it suggests is right as often as is asked for, or at least as it was with the other."""
    asked = min(precision, other.precision) if other.coverage else precision
    return one.macro_f1 > other.macro_f1 and one.coverage > 0 and one.precision >= asked


def confusion(truth: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """A row a true label, a column what was said."""
    at = {label: index for index, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)), dtype=int)
    for true, told in zip(truth, said, strict=True):
        table[at[true], at[told]] += 1
    return tuple(tuple(row) for row in table.tolist())


def macro_f1(table: Sequence[Sequence[int]], labels: Sequence[str], of: Iterable[str]) -> float:
    """The mean F1 of the labels named; one never said rightly counts as nothing."""
    wanted = set(of)
    each = []
    for at, label in enumerate(labels):
        if label in wanted:
            both = sum(table[at]) + sum(row[at] for row in table)
            each.append(2 * table[at][at] / both if both else 0.0)
    return sum(each) / len(each) if each else 0.0


def by_folds(name: str, judge: Judge, rows: Sequence[Row], seeds: Sequence[int]) -> Folded:
    """Each text is read by who did not learn from it."""
    texts = np.array([text for text, _label in rows], dtype=object)
    truth = np.array([label for _text, label in rows], dtype=object)
    labels = tuple(sorted(set(truth)))
    tables = []
    for seed in seeds:
        said = np.empty(len(rows), dtype=object)
        for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(texts, truth):
            said[test] = judge(list(texts[learn]), list(truth[learn]), list(texts[test]))
        tables.append(confusion(list(truth), list(said), labels))
    return Folded(name, tuple(macro_f1(each, labels, labels) for each in tables), labels, tables[0])


def majority(texts: Sequence[str], labels: Sequence[str], asked: Sequence[str]) -> Sequence[str]:
    """The floor: always the commonest label, of equals the first by name."""
    best = min(set(labels), key=lambda label: (-list(labels).count(label), label))
    return [best] * len(asked)


def reference(texts: Sequence[str], labels: Sequence[str], asked: Sequence[str]) -> Sequence[str]:
    """A linear support vector machine on n-grams of one to three characters, as anybody would begin."""
    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    learner = LinearSVC(random_state=0).fit(words.fit_transform(texts), labels)
    return list(learner.predict(words.transform(asked)))


def ours(features: Features) -> Judge:
    def judge(texts: Sequence[str], labels: Sequence[str], asked: Sequence[str]) -> Sequence[str]:
        reader = taught(lambda: zip(texts, labels, strict=True), features)
        return [reader.labels[at] for at in reader.scores(asked).argmax(axis=1)]

    return judge
