"""A linear reader of Chinese texts on hashed n-grams of characters. Pure; of the texts it keeps numbers only."""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils import murmurhash3_32

LONGEST = 4000
MOST_REASONS = 4
# Digits become one: house numbers, telephone numbers and sums tell nothing of a matter, and something of people.
DIGITS = str.maketrans(dict.fromkeys("123456789", "0"))
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Features:
    """How a text becomes numbers: n-grams of ``shortest`` to ``longest`` characters in 2**``bits`` buckets."""

    shortest: int = 1
    longest: int = 2
    bits: int = 17


@dataclass(frozen=True, slots=True)
class Guess:
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reader:
    """``place``: the row of a bucket in ``weights`` (the last row, all zeros, for what was not learned)."""

    features: Features
    labels: tuple[str, ...]
    place: Array
    rarity: Array
    weights: Array
    offset: Array
    sharpness: float = 1.0
    threshold: float = 1.0

    def vectors(self, texts: Sequence[str]) -> Any:
        """Sparse rows of length one, a row a text."""
        return vectors(counts(texts, self.features), self.place, self.rarity)

    def scores(self, texts: Sequence[str]) -> Array:
        return self.judged(texts)[0]

    def judged(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """The scores, by which the answer is given, and the same smaller by what was not learned: how sure it may be.

        The few n-grams known of a strange text, on which alone its scores stand, would make a reader sure of anything.
        """
        counted = counts(texts, self.features)
        found = vectors(counted, self.place, self.rarity)
        if found.shape[0] == 1:
            # One text asks for few rows: the others stay as they lie.
            spoken = np.asarray(found.data @ self.weights[found.indices].astype(np.float32))[None, :]
        else:
            spoken = np.asarray(found @ self.weights.astype(np.float32))
        part = known_part(counted, self.place, self.rarity)[:, None]
        return spoken + self.offset, spoken * part + self.offset

    def answers(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """Of each text where its label stands, and how sure that is."""
        scores, doubted = self.judged(texts)
        said = scores.argmax(axis=1)
        return said, softmax(doubted * self.sharpness)[np.arange(len(said)), said]

    def guesses(self, text: str, most: int = 3) -> tuple[Guess, ...]:
        """The likeliest labels, best first."""
        if not text.strip():
            return ()
        scores, doubted = self.judged([text])
        sure = softmax(doubted * self.sharpness)[0]
        return tuple(Guess(self.labels[at], float(sure[at])) for at in np.argsort(-scores[0])[:most])

    def reasons(self, text: str, label: str) -> tuple[str, ...]:
        """The words of the text that spoke most for the label, as they stand in the text."""
        column = self.labels.index(label)
        weighed: dict[str, float] = {}
        for gram in set(_vectorizer(self.features).build_analyzer()(plain(text))):
            if len(gram) < 2 or not gram.isalnum():
                continue
            row = self.place[bucket_of(gram, self.features)]
            here = self.weights[row].astype(np.float32)
            weighed[gram] = float((here[column] - here.mean()) * self.rarity[row])
        best = sorted((gram for gram in weighed if weighed[gram] > 0), key=lambda gram: (-weighed[gram], gram))
        return joined(plain(text), best[:MOST_REASONS])


def joined(text: str, grams: Sequence[str]) -> tuple[str, ...]:
    """The grams as they stand in the text, in its order; those that share letters are one piece."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((text.find(gram), text.find(gram) + len(gram)) for gram in grams):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(text[start:end] for start, end in spans)


def plain(text: str) -> str:
    """Full-width letters as narrow ones, every digit as 0."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).lower().translate(DIGITS)


def counts(texts: Sequence[str], features: Features) -> Any:
    """How often each bucket is met, a sparse row a text."""
    return _vectorizer(features).transform([plain(text) for text in texts])


def vectors(counted: Any, place: Array, rarity: Array) -> Any:
    """Weigh by log of the count and rarity; rows of length one."""
    at = place[counted.indices]
    data = (1.0 + np.log(counted.data)) * rarity[at]
    rows = np.repeat(np.arange(counted.shape[0]), np.diff(counted.indptr))
    length = np.sqrt(np.bincount(rows, weights=data * data, minlength=counted.shape[0]))
    length[length == 0.0] = 1.0
    data = (data / length[rows]).astype(np.float32)
    return csr_matrix((data, at, counted.indptr), shape=(counted.shape[0], len(rarity)))


def known_part(counted: Any, place: Array, rarity: Array) -> Array:
    """Of each text the length of what was learned, 0 to 1 of all of it; the unknown weighs what the known does."""
    at = place[counted.indices]
    strange = at == len(rarity) - 1
    usual = float(rarity[:-1].mean()) if len(rarity) > 1 else 1.0
    weighed = ((1.0 + np.log(counted.data)) * np.where(strange, usual, rarity[at])) ** 2
    rows = np.repeat(np.arange(counted.shape[0]), np.diff(counted.indptr))
    whole = np.bincount(rows, weights=weighed, minlength=counted.shape[0])
    known = np.bincount(rows, weights=np.where(strange, 0.0, weighed), minlength=counted.shape[0])
    whole[whole == 0.0] = 1.0
    return np.asarray(np.sqrt(known / whole))


def bucket_of(gram: str, features: Features) -> int:
    return int(abs(murmurhash3_32(gram, seed=0)) % 2**features.bits)


def softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def packed(reader: Reader) -> tuple[bytes, str]:
    """The reader as an .npz without objects, and its SHA-256."""
    settings = {
        "features": asdict(reader.features),
        "labels": list(reader.labels),
        "sharpness": reader.sharpness,
        "threshold": reader.threshold,
    }
    told = np.frombuffer(json.dumps(settings, ensure_ascii=False).encode(), dtype=np.uint8)
    out = io.BytesIO()
    np.savez_compressed(
        out, settings=told, place=reader.place, rarity=reader.rarity, weights=reader.weights, offset=reader.offset
    )
    return out.getvalue(), hashlib.sha256(out.getvalue()).hexdigest()


def unpacked(packet: bytes, digest: str) -> Reader:
    """Raises ValueError where the bytes are not those that were written."""
    if hashlib.sha256(packet).hexdigest() != digest:
        raise ValueError("the weights of the reader were changed")
    with np.load(io.BytesIO(packet), allow_pickle=False) as kept:
        told = json.loads(kept["settings"].tobytes())
        arrays = {name: kept[name] for name in ("place", "rarity", "weights", "offset")}
    return Reader(
        features=Features(**told["features"]),
        labels=tuple(told["labels"]),
        sharpness=told["sharpness"],
        threshold=told["threshold"],
        **arrays,
    )


@cache
def _vectorizer(features: Features) -> Any:
    return HashingVectorizer(
        analyzer="char",
        ngram_range=(features.shortest, features.longest),
        n_features=2**features.bits,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        dtype=np.float32,
    )
