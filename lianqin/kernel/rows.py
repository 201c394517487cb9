"""Instances of models from SQL of our own: where a request asks often, building a query costs more than running it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import DateField, DateTimeField, FloatField, Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
READERS: Mapping[type, Callable[[Any], Any]] = {
    DateTimeField: dt.datetime.fromisoformat,
    DateField: dt.date.fromisoformat,
    FloatField: float,
}


@cache
def columns(model: type[Model], alias: str) -> str:
    """The columns of a model for a SELECT, in the order that ``from_row`` expects."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


@cache
def width(model: type[Model]) -> int:
    return len(model._meta.concrete_fields)


@cache
def _attributes(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _readers(model: type[Model]) -> list[tuple[str, Callable[[Any], Any] | None]]:
    return [(field.attname, READERS.get(type(field))) for field in model._meta.concrete_fields]


def from_row(model: type[M], row: Sequence[Any]) -> M:
    """An instance from all of its columns, as ``columns`` lists them."""
    return _made(model, dict(zip(_attributes(model), row, strict=True)))


def from_json(model: type[M], told: Mapping[str, Any]) -> M:
    """An instance from PostgreSQL's JSON of a row, or of a part of it; what is missing is read when it is asked for."""
    values = {}
    for name, read in _readers(model):
        if name in told:
            value = told[name]
            values[name] = value if read is None or value is None else read(value)
    return _made(model, values)


def _made(model: type[M], values: dict[str, Any]) -> M:
    """What ``Model.from_db`` makes, without the signals of an instance that nobody here listens to: a quarter of it."""
    row = model.__new__(model)
    row.__dict__.update(values, _state=ModelState())
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def link(row: Model, name: str, other: Model | None) -> None:
    """Make ``other`` the loaded relation ``name`` of a row."""
    row._state.fields_cache[name] = other
