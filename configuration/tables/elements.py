"""Elements of all types in one table: the fields of every type are columns; a row fills in those of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.tables.base import Column, Info, Line, RowFault, TableResource, table
from configuration.tables.widgets import Text, YesNo
from grids.errors import ElementFault
from grids.models import Element, ElementType
from grids.models.element_fields import cleaned, in_words
from grids.permissions import Action, can
from grids.services.elements_in_bulk import drop_elements, put_elements
from lianqin.kernel.actors import Actor

PLAIN = ("code", "name", "address", "key")
OF_FIELD = "field_"


def field_columns() -> dict[str, Column]:
    """A column for each field that any type in use asks for, by its label."""
    types = ElementType.objects.filter(sensitive=False, active=True)
    asked: dict[str, list[str]] = {}
    for each in types:
        for field in each.definitions:
            if not field.retired:
                asked.setdefault(field.label, []).append(each.name)
    return {
        OF_FIELD + label: Column(label, help=_("仅用于：%s") % "、".join(names), widget=Text(200))
        for label, names in asked.items()
    }


@table
class Elements(TableResource):
    info = Info(
        "elements",
        gettext_lazy("要素"),
        section="elements",
        about=gettext_lazy("路灯、井盖、学校等各类要素及其位置；类型和字段先在“类型与字段”中建立。关注人群不在此表。"),
        coordinates=("lon", "lat"),
        batch=2000,
    )

    type = Column(gettext_lazy("类型"), required=True, example="路灯", help=gettext_lazy("类型的名称或代码"))
    code = Column(
        gettext_lazy("编码"), required=True, example="LAMP-00001", aliases=("code", "部件编码", "要素编码"),
        widget=Text(40),
    )  # fmt: skip
    name = Column(
        gettext_lazy("名称"), required=True, example="文德路88号路灯", aliases=("name", "要素名称"), widget=Text(80)
    )
    lon = Column(gettext_lazy("经度"), required=True, example="118.628310", aliases=("lon", "lng", "x", "X"))
    lat = Column(gettext_lazy("纬度"), required=True, example="32.058900", aliases=("lat", "y", "Y"))
    address = Column(gettext_lazy("地址"), example="文德路88号", aliases=("address", "位置"), widget=Text(200))
    key = Column(gettext_lazy("重点"), example="否", widget=YesNo(), default=False)

    def __init__(self, by: Actor, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(by, options)
        for name, column in field_columns().items():
            column.attribute = column.column_name = name
            self.fields[name] = column
        self.types = {each.code: each for each in ElementType.objects.filter(sensitive=False, active=True)}
        self.names = {each.name: each for each in self.types.values()}

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.EDIT_ELEMENTS)

    @classmethod
    def columns(cls, options: Mapping[str, Any] | None = None) -> dict[str, Column]:
        return {**super().columns(options), **field_columns()}

    def stored(self) -> Iterator[Line]:
        found = Element.objects.filter(active=True).defer("search").select_related("type").order_by("code")
        for each in found.iterator(chunk_size=5000):
            line = self.begin_line()
            line.pk, line.type = each.pk, each.type.name
            for name, label in self._labels(each.type).items():
                if name in each.fields:
                    setattr(line, OF_FIELD + label, in_words(each.fields[name]))
            line.lon, line.lat = f"{each.lon:.6f}", f"{each.lat:.6f}"
            for name in PLAIN:
                setattr(line, name, getattr(each, name))
            yield line

    def parse(self, row: Mapping[str, str], onto: Line) -> dict[str, str]:
        """Write what a cell means the way an export would, so that the same is seen to be the same."""
        faults = super().parse(row, onto)
        of = self._type(onto)
        if of is not None:
            onto.type = of.name
            for field in of.definitions:
                cell = getattr(onto, OF_FIELD + field.label, "")
                value, fault = cleaned(field, cell)
                if value is not None and not fault:
                    setattr(onto, OF_FIELD + field.label, in_words(value))
        return faults

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        of = self._type(line)
        if of is None:
            return {"type": _("没有这个类型；现有：%s") % "、".join(list(self.names)[:12])}
        known = {OF_FIELD + label for label in self._labels(of).values()}
        strange = [name for name in self.fields if name.startswith(OF_FIELD) and name not in known]
        return {name: _("%s没有这个字段，请留空") % of.name for name in strange if getattr(line, name)}

    @staticmethod
    def _labels(of: ElementType) -> dict[str, str]:
        return {field.name: field.label for field in of.definitions if not field.retired}

    def _type(self, line: Line) -> ElementType | None:
        return self.names.get(line.type) or self.types.get(line.type)

    def _row(self, line: Line, old: Line | None) -> dict[str, Any]:
        of = self._type(line)
        if of is None:
            raise RowFault({"type": _("没有这个类型")})
        # What a row does not tell it does not have: an export that is read in again changes nothing.
        told = self.differing(line, None if old is None or old.type != line.type else old)
        fields = {
            name: getattr(line, OF_FIELD + label, "") or None
            for name, label in self._labels(of).items()
            if OF_FIELD + label in told
        }
        plain = {name: getattr(line, name) for name in (*PLAIN, "lon", "lat") if name in told}
        return {**plain, "code": line.code, "type": of.code, "fields": fields}

    def write(self, line: Line, old: Line | None) -> None:
        faults = self.write_many([(line, old)])
        if faults:
            raise RowFault(faults[0])

    def write_many(self, pairs: Sequence[tuple[Line, Line | None]]) -> dict[int, Mapping[str, str]]:
        try:
            put_elements(rows=[self._row(line, old) for line, old in pairs], by=self.by)
        except ElementFault as fault:
            rows: Mapping[int, Mapping[str, list[str]]] = fault.extra.get("rows", {})
            return {place: self._told(pairs[place][0], faults) for place, faults in rows.items()}
        return {}

    def _told(self, line: Line, faults: Mapping[str, list[str]]) -> dict[str, str]:
        """Faults by column; those of a field stand in the column of its label."""
        of = self._type(line)
        labels = {f"fields.{name}": OF_FIELD + label for name, label in self._labels(of).items()} if of else {}
        return {labels.get(name, name): "；".join(map(str, texts)) for name, texts in faults.items()}

    def remove(self, line: Line) -> None:
        drop_elements(codes=[line.code], by=self.by)

    def remove_many(self, lines: Sequence[Line]) -> None:
        drop_elements(codes=[line.code for line in lines], by=self.by)
