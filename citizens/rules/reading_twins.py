"""How alike two reports are: the n-grams they share, as numbers of buckets. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from sklearn.utils import murmurhash3_32

BUCKETS = 2**24
MOST = 256
# What every report says tells of none: politeness, function words, punctuation.
EVERYDAY = re.compile(
    r"[\W_]|您好|你好|请问|谢谢|希望|麻烦|有关部门|相关部门|尽快|处理|解决|反映|投诉|我们|我是|居民|市民|情况|问题|已经|一直"
    r"|现在|这里|那里|的|了|是|在|有|和|就|都|也|很|把|被|吧|呢|啊|请"
)


def grams(text: str) -> list[str]:
    """Characters and pairs of them, as far as they tell anything."""
    parts = EVERYDAY.sub(" ", unicodedata.normalize("NFKC", text).lower()).split()
    pairs = {part[at : at + 2] for part in parts for at in range(len(part) - 1)}
    return sorted(pairs | {letter for part in parts for letter in part})


def signature(text: str) -> list[int]:
    """The numbers of the n-grams, in order; they are no words, and of long texts a fixed sample."""
    return sorted({int(murmurhash3_32(gram, seed=7, positive=True)) % BUCKETS for gram in grams(text)})[:MOST]


def likeness(one: Collection[int], other: Collection[int]) -> float:
    """From 0 to 1: the share of what both have, of the mean of their lengths and of the shorter.

    A short report is alike to a long one that says the same and more; the other half keeps that from going too far.
    """
    if not one or not other:
        return 0.0
    both = len(set(one) & set(other))
    dice = 2 * both / (len(one) + len(other))
    return (dice + both / min(len(one), len(other))) / 2


def ranked(
    asked: Collection[int], others: Iterable[tuple[int, Collection[int]]], least: float
) -> list[tuple[int, float]]:
    """Keys of those that are alike enough, the likest first."""
    found = ((key, likeness(asked, each)) for key, each in others)
    return sorted(((key, like) for key, like in found if like >= least), key=lambda pair: (-pair[1], pair[0]))
