"""The minutes of an order as a bar: who consumed which, the street's clock and the district's kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workorders.pages.tags import Text
from workorders.rules.minutes import Account, Phase
from workorders.states import AssignmentStatus, Level, Role

NAMES: Mapping[Phase, Text] = {
    Phase.REGISTRATION: gettext_lazy("受理"),
    Phase.DISPATCH: gettext_lazy("派遣"),
    Phase.SIGNATURE: gettext_lazy("签收"),
    Phase.HANDLING: gettext_lazy("处置"),
    Phase.CHECK: gettext_lazy("核查"),
    Phase.SHELVED: gettext_lazy("挂账"),
}
LEVELS: Mapping[str, Text] = {Level.STREET: gettext_lazy("街道"), Level.DISTRICT: gettext_lazy("区级")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar of 1000 units; ``name`` is what the colour is called in the style sheet."""

    name: str
    label: Text
    text: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """One clock of an account."""

    label: Text
    text: str
    pieces: tuple[Piece, ...]

    @property
    def drawn(self) -> SafeString:
        """The pieces as rectangles. Not by a template: a page draws hundreds of them."""
        return format_html_join(
            "",
            '<rect class="phase-{}" x="{}" width="{}" height="10"><title>{} {}</title></rect>',
            ((each.name, each.x, each.width, each.label, each.text) for each in self.pieces),
        )

    @property
    def numbers(self) -> str:
        return " · ".join(f"{each.label} {each.text}" for each in self.pieces)


@dataclass(frozen=True, slots=True)
class PartLine:
    unit: str
    role: str
    signing: str
    handling: str
    late: bool
    live: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """Both clocks on one scale, so that they compare; ``text`` is the whole."""

    text: str
    rows: tuple[Row, ...]
    parts: tuple[PartLine, ...] = ()


def duration(seconds: float) -> str:
    """Whole minutes, rounded half up: 45 分钟, 3 小时 20 分, 2 天 4 小时."""
    minutes = int(seconds / 60 + 0.5)
    if minutes < 60:
        return _("%d 分钟") % minutes
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": rest} if rest else _("%d 小时") % hours
    days, hours = divmod(hours, 24)
    return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours} if hours else _("%d 天") % days


def bar_of(told: Account, units: Mapping[int, str] | None = None) -> Bar:
    """``units`` are the short names of departments, if their lines are wanted."""
    spent = told.spent
    return Bar(duration(told.total), rows_of(spent, told.total), _parts(told, units) if units is not None else ())


def rows_of(spent: Mapping[tuple[str, Phase], float], scale: float) -> tuple[Row, ...]:
    """A row for each level that time was spent at; ``scale`` is what fills the bar, in seconds."""
    rows = []
    for level, label in LEVELS.items():
        here = [(phase, spent.get((level, phase), 0.0)) for phase in Phase]
        total = sum(seconds for _phase, seconds in here)
        if total < 1:
            continue
        rows.append(Row(label, duration(total), tuple(_pieces(here, scale))))
    return tuple(rows)


def _pieces(here: list[tuple[Phase, float]], scale: float) -> Iterable[Piece]:
    x = 0.0
    for phase, seconds in here:
        width = round(seconds / scale * 1000, 1) if scale else 0.0
        if width >= 1:
            yield Piece(phase.value, NAMES[phase], duration(seconds), round(x, 1), width)
        x += width


def _parts(told: Account, units: Mapping[int, str]) -> tuple[PartLine, ...]:
    return tuple(
        PartLine(
            unit=units.get(part.unit_id, _("有关单位")),
            role=str(Role(part.role).label),
            signing=duration(part.signing),
            handling=duration(part.handling),
            late=part.late,
            live=part.status in (AssignmentStatus.PENDING, AssignmentStatus.ACKNOWLEDGED),
        )
        for part in told.parts.values()
    )
