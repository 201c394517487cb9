"""Courses, and which posts require them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.pages.base import ConfigurationPage
from configuration.pages.forms import Field, FormPage, read
from grids.models import BUILDING_STEWARD, Course, CourseRequirement, Post, Role
from grids.permissions import Action, can
from grids.selectors.training import courses, gap_counts
from grids.services import Required, save_course, today
from lianqin.kernel.errors import NotVisible

# Every role, the three posts of a grid worker, and the stewards: what a course may be required for.
DUTIES: tuple[tuple[str, str, Any], ...] = (
    *((str(Role.GRID_WORKER), str(post.value), post.label) for post in Post),
    *((str(role.value), "", role.label) for role in Role if role != Role.GRID_WORKER),
    (BUILDING_STEWARD, "", gettext_lazy("楼栋长")),
)


class Courses(ConfigurationPage):
    section = "training"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:60]
        found = [
            course
            for course in courses()
            if not text or text.lower() in f"{course.code} {course.name} {course.pinyin}".lower()
        ]
        counts = gap_counts()
        return self.show(
            "training.html",
            {
                "tab": "training",
                "courses": found,
                "q": text,
                "counts": counts,
                "may_edit": can(self.actor, Action.KEEP_TRAINING),
            },
        )


class CourseForm(FormPage):
    section = "training"
    template = "training_course.html"

    def allowed(self) -> bool:
        return can(self.actor, Action.KEEP_TRAINING)

    def after(self) -> str:
        return reverse("configuration:training")

    @property
    def course(self) -> Course | None:
        code = self.kwargs.get("code")
        if code is None:
            return None
        found = Course.objects.filter(code=code).first()
        if found is None:
            raise NotVisible
        return found

    def fields(self) -> list[Field]:
        known = self.course
        self.title = known.name if known else _("新建课程")
        self.intro = _(
            "先定课程，再定哪些岗位须先合格：规则起始日之后上任的人缺这门课就不能任职，之前在任的列入待培训。"
        )
        about = known or Course(hours=Decimal(8))
        return [
            Field("code", _("课程代码"), value=about.code, required=True, fixed=known is not None,
                  hint=_("字母、数字，如 WGY-01")),
            Field("name", _("课程名称"), value=about.name, required=True),
            Field("hours", _("学时"), "decimal", about.hours, required=True),
            Field("valid_months", _("有效期（月）"), "int", about.valid_months, hint=_("到期须复训；留空为长期有效")),
            Field("outline", _("内容提要"), "long", about.outline),
            Field("active", _("启用"), "check", about.active, hint=_("停用后不再要求，也不再开班")),
        ]  # fmt: skip

    def context(self) -> dict[str, Any]:
        return {"duties": self.duties(), "today": today()}

    def duties(self) -> list[Field]:
        """One date a role or post: from that day the course is required; empty for not at all."""
        known = self.course
        stands = CourseRequirement.objects.filter(course=known) if known else CourseRequirement.objects.none()
        since = {(each.role, each.post): each.since for each in stands}
        fields = [
            Field(f"since-{role}-{post}", label, "date", since.get((role, post), "")) for role, post, label in DUTIES
        ]
        if self.request.method == "POST":
            for field in fields:
                field.value = self.request.POST.get(field.name, "")
        return fields

    def save(self, values: dict[str, Any]) -> str:
        days = read(self.duties(), self.request.POST.dict())
        wanted = [
            Required(role, post, since)
            for role, post, _label in DUTIES
            if isinstance(since := days[f"since-{role}-{post}"], dt.date)
        ]
        course = save_course(by=self.actor, requirements=wanted, **values)
        return _("已保存课程“%s”") % course.name
