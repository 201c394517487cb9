"""The smallest shapes: a text that may be translated late, a tone, a tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Text = str | Promise
Tone = Literal["primary", "ok", "warn", "critical", "muted"]


@dataclass(frozen=True, slots=True)
class Tag:
    text: Text
    tone: Tone = "muted"
    icon: str = ""
