"""The responsibility list, a whole version in one file: it becomes a draft, checked and approved on its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalogue.models import Category, Responsibility, ResponsibilityVersion
from catalogue.permissions import Action, can
from catalogue.rules import Domain, Level, Unit
from catalogue.selectors.list_checks import items_of
from catalogue.selectors.lists import book
from catalogue.services.responsibility_lists import (
    ItemTold,
    draft_responsibilities,
    drop_responsibility,
    put_responsibilities,
    withdraw_responsibilities,
)
from configuration.tables.base import Column, Info, Line, RowFault, TableResource, table
from configuration.tables.widgets import Choice, Number, Several, Text
from grids.models import GridKind
from grids.rules import FUNCTIONS
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Invalid

NAMED = {str(each.name): code for code, each in FUNCTIONS.items()}
PLAIN = (
    "code", "name", "domain", "category", "level", "street", "community", "grid_kind", "legal_basis", "amount",
    "amount_unit", "note",
)  # fmt: skip


@table
class Responsibilities(TableResource):
    info = Info(
        "responsibilities",
        _("权责清单"),
        section="responsibilities",
        key=("code", "level", "street", "community", "grid_kind"),
        about=_("事项、范围、级别与牵头、协助单位。导入后写入草稿，检查并经另一人审批后才生效。"),
        batch=2000,
    )

    code = Column(_("条目编号"), required=True, example="3.2.1", aliases=("code", "编号"), widget=Text(16))
    name = Column(_("权责事项"), required=True, example="井盖缺失破损：现场处置", aliases=("name",), widget=Text(120))
    domain = Column(_("领域"), required=True, example="市政设施", widget=Choice(Domain.choices), aliases=("domain",))
    category = Column(_("事项代码"), required=True, example="0302", aliases=("category",), help=_("大类代码即整个大类"))
    level = Column(_("级别"), required=True, example="一级 街道", widget=Choice(Level.choices), aliases=("level",))
    lead = Column(_("牵头"), required=True, example="城管", aliases=("lead", "牵头单位"), help=_("职能名称或单位代码"))
    assisting = Column(
        _("协助"), example="环卫；应急", widget=Several(), default=(), aliases=("assisting", "协助单位"),
        help=_("职能名称或单位代码，用分号隔开"),
    )  # fmt: skip
    street = Column(_("只限街道"), aliases=("street",), help=_("街道代码；空着即全区"))
    community = Column(_("只限社区"), aliases=("community",), help=_("社区代码"))
    grid_kind = Column(_("只限网格类型"), widget=Choice(GridKind.choices), aliases=("grid_kind",))
    legal_basis = Column(_("法律依据"), widget=Text(300), aliases=("legal_basis",))
    amount = Column(_("时限"), example="1", widget=Number(1, 100000), default=None, aliases=("amount",))
    amount_unit = Column(_("时限单位"), example="工作日", widget=Choice(Unit.choices), aliases=("amount_unit",))
    note = Column(_("备注"), widget=Text(300), aliases=("note",))

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.DRAFT_RESPONSIBILITIES)

    def _open_draft(self) -> ResponsibilityVersion | None:
        """The draft of this person that is being filled in."""
        open_states = (DraftState.DRAFT, DraftState.REFUSED)
        drafts = ResponsibilityVersion.objects.filter(state__in=open_states, drafted_by_id=self.by.user_id)
        return drafts.order_by("-pk").first()

    def stored(self) -> Iterator[Line]:
        """The lines of the open draft; without one those in force, which the import's draft begins with."""
        version = self._open_draft()
        if version is None:
            known = book()
            listed = known.version_on(known.today)
            version = ResponsibilityVersion.objects.filter(pk=listed.pk).first() if listed else None
        return (self._line(item) for item in (items_of(version) if version else ()))

    def _line(self, item: Responsibility) -> Line:
        lead = item.lead_unit.code if item.lead_unit else _worded(item.lead_function)
        return Line(
            pk=item.pk, code=item.code, name=item.name, domain=item.domain, category=item.category.code,
            level=item.level, lead=lead, assisting=tuple(_worded(each) for each in item.assisting),
            street=item.street.code if item.street else "", community=item.community.code if item.community else "",
            grid_kind=item.grid_kind, legal_basis=item.legal_basis, amount=item.amount, amount_unit=item.amount_unit,
            note=item.note,
        )  # fmt: skip

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        if not hasattr(self, "_codes"):
            self._codes = set(Category.objects.values_list("code", flat=True))
        if line.category not in self._codes:
            return {"category": str(_("事项目录里没有这个代码"))}
        if bool(line.amount) != bool(line.amount_unit):
            return {"amount": str(_("时限和单位要么都写，要么都不写"))}
        return {}

    def write(self, line: Line, old: Line | None) -> None:
        faults = self.write_many([(line, old)])
        if faults:
            raise RowFault(faults[0])

    def write_many(self, pairs: Sequence[tuple[Line, Line | None]]) -> dict[int, Mapping[str, str]]:
        try:
            put_responsibilities(version_id=self._draft(), items=[_told(line) for line, _old in pairs], by=self.by)
        except Invalid as refusal:
            return self._one_by_one(pairs) if len(pairs) > 1 else {0: _faults(refusal)}
        return {}

    def _one_by_one(self, pairs: Sequence[tuple[Line, Line | None]]) -> dict[int, Mapping[str, str]]:
        """Find which rows are wrong; all of it is rolled back by who called."""
        found: dict[int, Mapping[str, str]] = {}
        for place, pair in enumerate(pairs):
            faults = self.write_many([pair])
            if faults:
                found[place] = faults[0]
        return found

    def _draft(self) -> int:
        draft = self._open_draft()
        if draft is None:
            known = book()
            base = known.version_on(known.today)
            draft = draft_responsibilities(name=str(_("导入的权责清单")), base_id=base.pk if base else None, by=self.by)
            self.outcome["begun"] = draft.pk
        self.outcome |= {"url_name": "configuration:responsibility-draft", "args": [draft.pk]}
        return draft.pk

    def undo_whole(self, outcome: Mapping[str, Any]) -> bool:
        if not outcome.get("begun"):
            return False
        withdraw_responsibilities(version_id=outcome["begun"], by=self.by)
        return True

    def remove(self, line: Line) -> None:
        draft = self._open_draft()
        if draft is None:
            raise RowFault({"": str(_("草稿已提交或已撤销，不能撤销这次导入"))})
        for item in draft.items.filter(code=line.code, level=line.level).select_related("street", "community"):
            same = (item.street.code if item.street else "", item.community.code if item.community else "")
            if same == (line.street, line.community) and item.grid_kind == line.grid_kind:
                drop_responsibility(version_id=draft.pk, item_id=item.pk, by=self.by)


def _worded(named: str) -> str:
    return str(FUNCTIONS[named].name) if named in FUNCTIONS else named


def _told(line: Line) -> ItemTold:
    values: dict[str, Any] = {name: getattr(line, name) or "" for name in PLAIN}
    values["amount"] = line.amount or None
    lead, assisting = str(line.lead).strip(), [str(each).strip() for each in line.assisting or ()]
    return ItemTold(**values, lead=NAMED.get(lead, lead), assisting=tuple(NAMED.get(each, each) for each in assisting))


def _faults(refusal: Invalid) -> dict[str, str]:
    return {name: str(texts[0]) for name, texts in refusal.fields.items() if texts}
