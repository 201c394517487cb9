"""Sittings of courses, and the marks of everybody who was there, entered on one table."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from configuration.pages.base import ConfigurationPage
from configuration.pages.exports import spreadsheet
from configuration.pages.forms import Field, FormPage, plain
from grids.models import Course, Steward, TrainingSession
from grids.permissions import Action, can
from grids.selectors.training import people_for_session, sessions
from grids.services import Mark, hold_session, record_attendance, today
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

PAGE_SIZE = 50


class Sessions(ConfigurationPage):
    section = "training"

    def get(self, request: HttpRequest) -> HttpResponse:
        course = request.GET.get("course", "")
        return self.show(
            "training_sessions.html",
            {
                "tab": "training-sessions",
                "page": Paginator(sessions(course=course), PAGE_SIZE).get_page(request.GET.get("page")),
                "course": course,
                "courses": Course.objects.values_list("code", "name"),
                "may_edit": can(self.actor, Action.KEEP_TRAINING),
            },
        )


class NewSession(FormPage):
    section = "training"

    def allowed(self) -> bool:
        return can(self.actor, Action.KEEP_TRAINING)

    made = 0

    def after(self) -> str:
        if self.made:
            return reverse("configuration:training-session", args=[self.made])
        return reverse("configuration:training-sessions")

    def fields(self) -> list[Field]:
        self.title, self.intro = _("新建场次"), _("保存后即可登记签到与成绩。")
        options = [(code, f"{name}（{code}）") for code, name in self._courses().values_list("code", "name")]
        return [
            Field("course", _("课程"), "select", self.request.GET.get("course", ""), options=options, required=True),
            Field("held_on", _("日期"), "date", today(), required=True),
            Field("place", _("地点"), required=True),
            Field("teacher", _("授课人"), required=True),
            Field("note", _("备注"), wide=True),
        ]

    def save(self, values: dict[str, Any]) -> str:
        course = self._courses().get(code=values.pop("course"))
        session = hold_session(by=self.actor, course=course, **values)
        self.made = session.pk
        return _("已建立场次：%s") % session

    @staticmethod
    def _courses() -> Any:
        return Course.objects.filter(active=True)


class OneSession(ConfigurationPage):
    """Who was there and how they did: one row a person, every field reached by Tab, saved together."""

    section = "training"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = self._session(pk)
        if "export" in request.GET:
            return _as_file(session)
        return self._page(session, request.GET.getlist("add"), {})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = self._session(pk)
        people = request.POST.getlist("person")
        try:
            changed = record_attendance(
                by=self.actor, session_id=pk, marks=[_mark(who, request.POST, row) for row, who in enumerate(people)]
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._page(session, people, refusal.fields, refusal)
        self.tell(_("已登记，%d 条有变化") % changed)
        return redirect("configuration:training-session", pk=pk)

    def _session(self, pk: int) -> TrainingSession:
        found = sessions().filter(pk=pk).first()
        if found is None:
            raise NotVisible
        return found

    def _page(
        self, session: TrainingSession, added: list[str], faults: Any, refusal: DomainError | None = None
    ) -> HttpResponse:
        text = self.request.GET.get("q", "").strip()[:60]
        rows = _rows(session, added, self.request.POST if refusal else None)
        for index, row in enumerate(rows):
            row["fault"] = next(iter(faults.get(f"marks.{index}", [])), "")
        listed = {row["key"] for row in rows}
        shown = [(key_of(person), person) for person in people_for_session(session, text=text)]
        context = {
            "session": session,
            "rows": rows,
            "q": text,
            "found": [(key, *called(person)) for key, person in shown if key not in listed],
            "refusal": refusal,
            "may_edit": can(self.actor, Action.KEEP_TRAINING),
            "tab": "training-sessions",
        }
        return self.show("training_session.html", context, refusal.status if refusal else 200)


def key_of(person: Any) -> str:
    """How a form names a person: ``u12`` an account, ``s7`` a steward."""
    return f"{'u' if isinstance(person, User) else 's'}{person.pk}"


def called(person: User | Steward) -> tuple[str, str]:
    """Name, and the account or number that tells two of a name apart."""
    return (person.get_full_name(), person.username) if isinstance(person, User) else (person.name, person.number)


def _rows(session: TrainingSession, added: list[str], typed: QueryDict | None) -> list[dict[str, Any]]:
    """Everybody recorded and everybody just added, with what was typed last."""
    rows: dict[str, dict[str, Any]] = {}
    for record in session.records.select_related("user", "steward").order_by("pk"):
        person = record.user or record.steward
        rows[key_of(person)] = {
            "person": person,
            "result": "passed" if record.passed else "failed",
            "score": "" if record.score is None else plain(record.score),
            "certificate": record.certificate,
            "valid_until": record.valid_until,
        }
    for person in _people([key for key in added if key not in rows]):
        rows[key_of(person)] = {"person": person, "result": "passed", "score": "", "certificate": "", "new": True}
    for key, row in rows.items():
        row["key"], (row["name"], row["number"]) = key, called(row["person"])
        if typed is not None:
            row |= {name: typed.get(f"{name}-{key}", row[name]) for name in ("result", "score", "certificate")}
    if typed is not None:  # In the order of the form, so that faults stand beside their rows.
        return [rows[key] for key in added if key in rows]
    return list(rows.values())


def _people(keys: list[str]) -> list[Any]:
    wanted: dict[str, list[int]] = {"u": [], "s": []}
    for key in keys[:2000]:
        if key[:1] in wanted and (pk := whole(key[1:])) is not None:
            wanted[key[0]].append(pk)
    staff = User.objects.filter(pk__in=wanted["u"], kind="staff").order_by("pk")
    return [*staff, *Steward.objects.filter(pk__in=wanted["s"]).order_by("pk")]


def _mark(who: str, typed: QueryDict, row: int) -> Mark:
    score = typed.get(f"score-{who}", "").strip()
    try:
        figure = Decimal(score) if score else None
        pk = int(who[1:])
    except (InvalidOperation, ValueError) as error:
        raise Invalid(fields={f"marks.{row}": [_("成绩须为数字")]}) from error
    if figure is not None and not figure.is_finite():
        raise Invalid(fields={f"marks.{row}": [_("成绩须为数字")]})
    return Mark(
        passed=typed.get(f"result-{who}") == "passed",
        user_id=pk if who[:1] == "u" else None,
        steward_id=pk if who[:1] == "s" else None,
        score=figure,
        certificate=typed.get(f"certificate-{who}", ""),
    )


def _as_file(session: TrainingSession) -> HttpResponse:
    head = (_("姓名"), _("账号或编号"), _("合格"), _("成绩"), _("证书编号"), _("有效期至"))
    rows = [
        (
            row["name"],
            row["number"],
            _("是") if row["result"] == "passed" else _("否"),
            row["score"],
            row["certificate"],
            row.get("valid_until"),
        )
        for row in _rows(session, [], None)
    ]
    return spreadsheet(f"{session}", head, rows)
