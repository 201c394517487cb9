"""Records of everybody, of one person, and who lacks what."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from configuration.pages.base import ConfigurationPage
from configuration.pages.exports import spreadsheet
from grids.models import Course
from grids.permissions import Action, can
from grids.selectors import memberships_in_force
from grids.selectors.training import Gap, gap_counts, records, required_courses, training_gaps, valid_records
from grids.services import today
from lianqin.kernel.errors import NotVisible

PAGE_SIZE = 50
KINDS = {
    "lapsed": (gettext_lazy("已过期"), "critical"),
    "never": (gettext_lazy("未培训"), "warn"),
    "expiring": (gettext_lazy("30 天内到期"), "primary"),
}
ONLY = {"expiring": gettext_lazy("30 天内到期"), "lapsed": gettext_lazy("已过期"), "failed": gettext_lazy("不合格")}


class Asked(NamedTuple):
    """What the list of gaps is narrowed to."""

    course: str
    kind: str
    text: str


class Gaps(ConfigurationPage):
    """Who holds a post and lacks a course for it; who will soon."""

    section = "training"

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, course = request.GET.get("kind", ""), request.GET.get("course", "")[:60]
        asked = Asked(course, kind if kind in KINDS else "", request.GET.get("q", "").strip()[:60])
        if "export" in request.GET:
            return _gaps_as_file(training_gaps(course=asked.course, kind=asked.kind, text=asked.text)[0])
        counts = gap_counts()
        gaps: Any = GapList(asked)
        page: Page[Gap] = Paginator(gaps, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "tab": "training-gaps",
            "page": page,
            "asked": asked,
            "counts": counts,
            "kinds": [(kind, label, tone, counts[kind]) for kind, (label, tone) in KINDS.items()],
            "names": {kind: label for kind, (label, _tone) in KINDS.items()},
            "courses": Course.objects.filter(active=True).values_list("code", "name"),
        }
        return self.show("training_gaps.html", context)


class GapList:
    """What a paginator cuts its pages from: counted and read page by page, one query each."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    @cached_property
    def first(self) -> tuple[list[Gap], int]:
        return self._read(0)

    def _read(self, offset: int) -> tuple[list[Gap], int]:
        asked = self.asked
        return training_gaps(course=asked.course, kind=asked.kind, text=asked.text, limit=PAGE_SIZE, offset=offset)

    def __len__(self) -> int:
        return self.first[1]

    def __getitem__(self, cut: Any) -> Any:
        start = cut.start or 0
        return self.first[0] if start == 0 else self._read(start)[0]


class Records(ConfigurationPage):
    section = "training"

    def get(self, request: HttpRequest) -> HttpResponse:
        text, course = request.GET.get("q", "").strip()[:60], request.GET.get("course", "")
        only = request.GET.get("only", "")
        found = records(text=text, course=course, only=only)
        if "export" in request.GET:
            return _records_as_file(found)
        context = {
            "tab": "training-records",
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "q": text,
            "course": course,
            "only": only,
            "onlys": ONLY.items(),
            "may_edit": can(self.actor, Action.KEEP_TRAINING),
            "courses": Course.objects.values_list("code", "name"),
            "today": today(),
        }
        return self.show("training_records.html", context)


class Person(ConfigurationPage):
    """Everything one member of staff was trained in, and what the posts still ask for."""

    section = "training"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = User.objects.filter(pk=pk, kind="staff").first()
        if person is None:
            raise NotVisible
        day = today()
        posts = memberships_in_force().filter(user=person).select_related("unit", "grid").defer("grid__boundary")
        held = set(valid_records(day).filter(user=person).values_list("course", flat=True))
        asked = {course.pk: course for post in posts for course in required_courses(post.role, post.post, day)}
        context = {
            "tab": "training-records",
            "person": person,
            "posts": posts,
            "records": records().filter(user=person),
            "missing": [course for pk, course in sorted(asked.items()) if pk not in held],
            "today": day,
        }
        return self.show("training_person.html", context)


def _gaps_as_file(found: list[Gap]) -> HttpResponse:
    head = (_("情况"), _("课程代码"), _("课程"), _("姓名"), _("账号或编号"), _("岗位"), _("所在"), _("任职起"),
            _("规则前在任"), _("有效期至"))  # fmt: skip
    rows = [
        (
            KINDS[gap.kind][0], gap.course_code, gap.course, gap.name, gap.login, gap.post, gap.place, gap.since,
            _("是") if gap.before_rule else _("否"), gap.until,
        )
        for gap in found
    ]  # fmt: skip
    return spreadsheet(_("待培训名单"), head, rows)


def _records_as_file(found: Any) -> HttpResponse:
    head = (_("姓名"), _("账号或编号"), _("课程代码"), _("课程"), _("培训日期"), _("合格"), _("成绩"), _("证书编号"),
            _("有效期至"))  # fmt: skip
    rows = (
        (
            record.user.get_full_name() if record.user else record.steward.name,
            record.user.username if record.user else record.steward.number,
            record.course.code, record.course.name, record.held_on, _("是") if record.passed else _("否"),
            record.score, record.certificate, record.valid_until,
        )
        for record in found.iterator(chunk_size=2000)
    )  # fmt: skip
    return spreadsheet(_("培训记录"), head, rows)
