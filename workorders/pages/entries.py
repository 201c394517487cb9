"""The shapes of forms: a line of a picker, a field, an action with its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workorders.pages.tags import Tag, Text


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a picker: a unit, a category or an order."""

    value: str
    label: Text
    note: Text = ""
    group: Text = ""
    search: str = ""
    tag: Tag | None = None
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A field of an action's form; ``kind`` names its template under workorders/fields/.

    ``data_type`` says how api.js turns the value into JSON: int, float, bool, list, ints; text where empty.
    """

    name: str
    kind: str
    label: Text = ""
    required: bool = True
    hint: Text = ""
    value: str = ""
    placeholder: Text = ""
    choices: tuple[Choice, ...] = ()
    data_type: str = ""
    multiple: bool = False
    excludes: str = ""
    lon: float | str = ""
    lat: float | str = ""
    max: int = 9

    @property
    def template(self) -> str:
        return f"workorders/fields/{self.kind}.html"


@dataclass(frozen=True, slots=True)
class Form:
    """An action that the actor may take now. ``version`` is what the actor has seen; ``done`` is said afterwards.

    ``at_once``: one click is enough, no dialog. ``letter``: the key that takes it.
    """

    key: str
    label: Text
    url: str
    version: int
    icon: str = "check"
    tone: Literal["primary", "plain", "danger"] = "plain"
    button: Text = ""
    explanation: Text = ""
    inputs: tuple[Input, ...] = ()
    upload_url: str = ""
    done: Text = ""
    in_more: bool = False
    action: str = ""
    # What has to be so before the action may be taken, and what there is to see it by.
    conditions: tuple[str, ...] = ()
    evidence: Text = ""
    warning: Text = ""
    at_once: bool = False
    letter: str = ""

    @property
    def button_text(self) -> Text:
        return self.button or self.label

    @property
    def is_wide(self) -> bool:
        return self.is_paired or any(entry.kind == "place" for entry in self.inputs)

    @property
    def is_paired(self) -> bool:
        """Two lists stand side by side, so that what comes after them is seen without scrolling."""
        return sum(entry.kind == "picker" for entry in self.inputs) == 2
