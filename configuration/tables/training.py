"""Training records: the ledgers that every street already keeps, one row a person, course and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from configuration.tables.base import Column, Info, Line, TableResource, table
from configuration.tables.widgets import Amount, Day, Text, YesNo
from grids import services
from grids.models import Course, Steward, TrainingRecord
from grids.permissions import Action, can
from grids.services import Mark
from lianqin.kernel.actors import Actor

COLUMNS = (
    "pk", "user__username", "steward__number", "course__code", "held_on", "passed", "score", "certificate",
    "valid_until",
)  # fmt: skip

MARK = ("passed", "score", "certificate", "valid_until")


@table
class TrainingRecords(TableResource):
    info = Info(
        "training_records",
        _("培训记录"),
        section="training",
        key=("person", "course", "held_on"),
        about=_("一人一门课一天一行；再次导入同一行是更正。课程须先在“培训”里建好。"),
    )

    person = Column(
        _("账号或楼栋长编号"), required=True, example="jp_grid", aliases=("账号", "用户名", "编号", "person"),
        help=_("工作人员填登录账号，楼栋长填编号"),
    )  # fmt: skip
    course = Column(_("课程代码"), required=True, example="WGY-01", aliases=("课程", "course"))
    held_on = Column(_("培训日期"), required=True, example="2026-10-15", aliases=("日期", "held_on"), widget=Day(),
                     default=None)  # fmt: skip
    passed = Column(_("合格"), required=True, example="是", widget=YesNo(), default=True)
    score = Column(_("成绩"), example="88", widget=Amount(1, "0", "100"), default=None)
    certificate = Column(_("证书编号"), example="WGY-01-0001", widget=Text(40))
    valid_until = Column(
        _("有效期至"), example="2028-10-15", widget=Day(), default=None, help=_("不填则按课程的有效期推算")
    )

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.KEEP_TRAINING)

    @cached_property
    def courses(self) -> dict[str, Course]:
        return {course.code: course for course in Course.objects.all()}

    @cached_property
    def people(self) -> dict[str, tuple[str, int]]:
        """Accounts and numbers -> ("user_id" or "steward_id", key)."""
        staff = User.objects.filter(kind="staff").values_list("username", "pk")
        return {number: ("steward_id", pk) for number, pk in Steward.objects.values_list("number", "pk")} | {
            name: ("user_id", pk) for name, pk in staff
        }

    def stored(self) -> Iterator[Line]:
        for row in TrainingRecord.objects.order_by("pk").values(*COLUMNS).iterator(chunk_size=2000):
            line = self.begin_line()
            line.pk, line.person = row["pk"], row["user__username"] or row["steward__number"]
            line.course, line.held_on, line.passed = row["course__code"], row["held_on"], row["passed"]
            line.score, line.certificate, line.valid_until = row["score"], row["certificate"], row["valid_until"]
            yield line

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        faults: dict[str, Any] = {}
        if line.person not in self.people:
            faults["person"] = _("没有这个账号或楼栋长编号")
        if line.course not in self.courses:
            faults["course"] = _("没有这门课程，请先在“培训”里建立")
        if line.valid_until and line.held_on and line.valid_until < line.held_on:
            faults["valid_until"] = _("不能早于培训日期")
        return {name: str(text) for name, text in faults.items()}

    def write(self, line: Line, old: Line | None) -> None:
        kind, pk = self.people[line.person]
        whose: dict[str, Any] = {kind: pk}
        mark = {name: getattr(line, name) for name in MARK}
        if old is not None:  # The service takes a record as a whole: what the file leaves as it was, is as it is now.
            now = TrainingRecord.objects.select_for_update(no_key=True).values(*MARK).get(pk=old.pk)
            mark |= {name: value for name, value in now.items() if name not in self.differing(line, old)}
        valid_until = mark.pop("valid_until")
        services.record_training(
            by=self.by,
            course=self.courses[line.course],
            held_on=line.held_on,
            mark=Mark(**mark, **whose),
            valid_until=valid_until if mark["passed"] else None,
        )

    def remove(self, line: Line) -> None:
        """Delete a record that an import has just brought."""
        kind, pk = self.people[line.person]
        found = TrainingRecord.objects.filter(course__code=line.course, held_on=line.held_on, **{kind: pk}).first()
        if found is not None:
            services.drop_record(by=self.by, record_id=found.pk)
