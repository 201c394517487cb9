"""Kinds of tips and what each may be thanked with: the shape of the rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

SLUG = re.compile(r"[a-z][a-z0-9_]{1,19}\Z")
LONGEST_NAME, MOST_KINDS, MOST_AMOUNT = 20, 20, 500_000
PAYS = ("points", "cash")


@dataclass(frozen=True, slots=True)
class Kind:
    """``least`` to ``most`` of points or yuan, as ``pays`` says."""

    slug: str
    name: str
    pays: str
    least: int
    most: int


def kinds_of(contents: Mapping[str, Any]) -> tuple[Kind, ...]:
    return tuple(Kind(**each) for each in contents["kinds"])


def faults_of_tips(contents: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each line that cannot be used (``kind_0``, …), with why."""
    kinds = contents["kinds"]
    if not 0 < len(kinds) <= MOST_KINDS:
        return {"kinds": [_("请填写 1 到 %d 类") % MOST_KINDS]}
    faults = {f"kind_{at}": told for at, each in enumerate(kinds) if (told := _faults_of(each))}
    for name in ("slug", "name"):
        seen: set[str] = set()
        for at, each in enumerate(kinds):
            if each[name] in seen:
                faults.setdefault(f"kind_{at}", []).append(_("与上面重复"))
            seen.add(each[name])
    return faults


def _faults_of(kind: Mapping[str, Any]) -> list[str]:
    told = []
    if not SLUG.match(kind["slug"]):
        told.append(_("代号用小写字母开头，2 到 20 个小写字母、数字或下划线"))
    if not 0 < len(kind["name"]) <= LONGEST_NAME:
        told.append(_("名称应为 1 到 20 个字"))
    if kind["pays"] not in PAYS:
        told.append(_("请选择发放方式"))
    least, most = kind["least"], kind["most"]
    if type(least) is not int or type(most) is not int or not 1 <= least <= most <= MOST_AMOUNT:
        told.append(_("下限不高于上限，都在 1 到 %d 之间") % MOST_AMOUNT)
    return told
