"""The way of a new task into the catalogue: a department applies, the office reviews, the district decides."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from accounts.services import audit
from catalogue import calendars
from catalogue.errors import AdmissionChanged, AdmissionIncomplete, AdmissionMoveRefused
from catalogue.models import AdmissionOpinion, Category, Frequency, TaskAdmission
from catalogue.permissions import Action, admission_roles, bureaus_of, can
from catalogue.revisions import touch
from catalogue.rules import DeadlineClass, Urgency
from catalogue.selectors.admissions import may_move, visible_admission
from catalogue.services.admission_hands import require_one_part, two_parts, with_hand
from catalogue.states import BY_MOVE, EDITABLE, WORKDAYS, AdmissionAction, AdmissionRole, AdmissionState, Step
from grids.models import Unit
from grids.rules import FUNCTIONS
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed

LONGEST = {"name": 64, "asked": 2000, "legal_basis": 1000, "budget_source": 120, "budget_period": 60}
MOST_YUAN = Decimal("1000000000")


@dataclass(frozen=True, slots=True)
class Application:
    """What a department writes on its form."""

    name: str
    parent_id: int | None = None
    asked: str = ""
    legal_basis: str = ""
    registration_conditions: tuple[str, ...] = ()
    closing_conditions: tuple[str, ...] = ()
    urgency: str = Urgency.NORMAL
    deadline_class: str = DeadlineClass.STANDARD
    frequency: str = Frequency.AS_NEEDED
    people_needed: int = 0
    budget_yuan: Decimal = Decimal(0)
    budget_source: str = ""
    budget_period: str = ""


@transaction.atomic
def draft_admission(*, unit_id: int, application: Application, by: Actor) -> TaskAdmission:
    """Begin an application in the name of one of the actor's departments. Raise NotAllowed, Invalid."""
    if unit_id not in bureaus_of(by):
        raise NotAllowed(_("只有区级参勤单位的人员可以提出准入申请"))
    values = _checked(application)
    made = TaskAdmission.objects.create(
        unit_id=unit_id, applicant_id=by.user_id, hands=with_hand({}, AdmissionRole.APPLICANT, by), **values
    )
    _audit(by, "draft_admission", made, after=_told(values))
    made.refresh_from_db()
    return made


@transaction.atomic
def edit_admission(
    *, admission_id: int, application: Application, by: Actor, seen_version: int | None = None
) -> TaskAdmission:
    """Write an application anew while it is drafted or was sent back.

    Raise NotVisible, AdmissionChanged, AdmissionMoveRefused, NotAllowed, Invalid.
    """
    admission = _locked(admission_id, by, seen_version)
    if admission.state not in EDITABLE:
        raise AdmissionMoveRefused(state=admission.state)
    if admission.unit_id not in bureaus_of(by):
        raise NotAllowed
    require_one_part(admission, by)
    values = _checked(application)
    before = {name: getattr(admission, name) for name in values}
    hands = with_hand(admission.hands, AdmissionRole.APPLICANT, by)
    TaskAdmission.objects.filter(pk=admission.pk).update(**values, hands=hands, version=admission.version + 1)
    _audit(by, "edit_admission", admission, before=_told(before), after=_told(values))
    admission.refresh_from_db()
    return admission


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def _checked(application: Application) -> dict[str, Any]:
    values = asdict(application)
    wrong: dict[str, list[str]] = {}
    for name, most in LONGEST.items():
        values[name] = values[name].strip()
        if len(values[name]) > most:
            wrong[name] = [_("不能超过%(most)d个字") % {"most": most}]
    if not values["name"]:
        wrong["name"] = [_("请填写任务名称")]
    choices = {"urgency": Urgency, "deadline_class": DeadlineClass, "frequency": Frequency}
    for name, options in choices.items():
        if values[name] not in options.values:
            wrong[name] = [_("请从列表中选择")]
    for name in ("registration_conditions", "closing_conditions"):
        values[name] = [text.strip()[:200] for text in values[name] if text.strip()][:20]
    if not 0 <= values["people_needed"] <= 10_000:
        wrong["people_needed"] = [_("人数应在0到10000之间")]
    if not 0 <= values["budget_yuan"] <= MOST_YUAN:
        wrong["budget_yuan"] = [_("金额应在0到10亿元之间")]
    parent = values["parent_id"]
    if parent is not None and not Category.objects.filter(pk=parent, level=1, active=True).exists():
        wrong["parent"] = [_("请选择一个大类")]
    if wrong:
        raise Invalid(fields=wrong)
    return values


@transaction.atomic
def move_admission(
    *, admission_id: int, action: str, by: Actor, opinion: str = "", seen_version: int | None = None
) -> TaskAdmission:
    """Take one step, and write down who took it and why.

    Raise NotVisible, AdmissionChanged, AdmissionMoveRefused, NotAllowed, Invalid, AdmissionIncomplete.
    """
    admission = _locked(admission_id, by, seen_version)
    step = BY_MOVE.get((action, admission.state))
    if step is None:
        raise AdmissionMoveRefused(state=admission.state)
    step = _of_actor(admission, step, by)
    if step.opinion_needed and not opinion.strip():
        raise Invalid(fields={"opinion": [_("请填写意见")]})
    if len(opinion) > 1000:
        raise Invalid(fields={"opinion": [_("意见不能超过1000个字")]})
    if step.action == AdmissionAction.SUBMIT:
        _require_complete(admission)
    _carry_out(admission, step, by, opinion.strip())
    admission.refresh_from_db()
    return admission


def _of_actor(admission: TaskAdmission, step: Step, by: Actor) -> Step:
    if may_move(admission, step, by):
        return step
    if step.role in admission_roles(by, admission.unit_id):
        raise two_parts()
    raise NotAllowed


def _carry_out(admission: TaskAdmission, step: Step, by: Actor, opinion: str) -> None:
    now = clock.now()
    values: dict[str, Any] = {"state": step.target, "version": admission.version + 1, "due_at": None}
    values["hands"] = with_hand(admission.hands, step.role, by)
    if step.action == AdmissionAction.SUBMIT:
        values |= {"applicant_id": by.user_id, "submitted_at": now, "reviewer_id": None, "approver_id": None}
    elif step.role == AdmissionRole.OFFICE:
        values["reviewer_id"] = by.user_id
    elif step.role == AdmissionRole.DISTRICT:
        values["approver_id"] = by.user_id
    if step.target in WORKDAYS:
        hours = calendars.current()
        values["due_at"] = hours.add(now, WORKDAYS[step.target] * hours.day_seconds)
    if step.target in (AdmissionState.ADMITTED, AdmissionState.REFUSED, AdmissionState.WITHDRAWN):
        values["decided_at"] = now
    TaskAdmission.objects.filter(pk=admission.pk).update(**values)
    AdmissionOpinion.objects.create(
        admission=admission,
        action=step.action,
        target=step.target,
        opinion=opinion,
        by_id=by.user_id,
        body=_body(admission, step),
    )
    _audit(by, f"admission_{step.action}", admission, before=str(step.source), after=str(step.target), opinion=opinion)


def _body(admission: TaskAdmission, step: Step) -> str:
    """In whose name the step was made."""
    return str(admission.unit) if step.role == AdmissionRole.APPLICANT else str(step.role.label)


def _require_complete(admission: TaskAdmission) -> None:
    needed = {
        "parent": (admission.parent_id, _("请选择所属大类")),
        "asked": (admission.asked, _("请写明需要街道、社区做什么")),
        "legal_basis": (admission.legal_basis, _("请写明法律、政策依据")),
        "registration_conditions": (admission.registration_conditions, _("请至少写一条立案条件")),
        "closing_conditions": (admission.closing_conditions, _("请至少写一条结案条件")),
        "budget_source": (admission.budget_source, _("费随事转：请写明经费来源，无需经费的请写明理由")),
    }
    wrong = {name: [text] for name, (value, text) in needed.items() if not value}
    if admission.budget_yuan and not admission.budget_period:
        wrong["budget_period"] = [_("请写明经费期间")]
    if wrong:
        raise AdmissionIncomplete(fields=wrong)


@transaction.atomic
def create_category(
    *,
    admission_id: int,
    code: str,
    by: Actor,
    street_function: str = "",
    district_function: str = "",
    evidence_required: bool = False,
    vertical: bool = False,
) -> Category:
    """Make an inactive matter of an admitted task, with the conditions that were admitted.

    Raise NotVisible, AdmissionMoveRefused, NotAllowed, Invalid.
    """
    admission = _locked(admission_id, by, None)
    if not can(by, Action.ADMIT_CATEGORIES):
        raise NotAllowed
    if admission.state != AdmissionState.ADMITTED or admission.category_id is not None:
        raise AdmissionMoveRefused(state=admission.state)
    _check_category(code, street_function, district_function)
    touch()
    last = Category.objects.order_by("-order").values_list("order", flat=True).first() or 0
    category = Category.objects.create(
        code=code,
        name=admission.name,
        parent_id=admission.parent_id,
        level=2,
        order=last + 1,
        pinyin=" ".join(lazy_pinyin(admission.name)),
        registration_conditions=admission.registration_conditions,
        closing_conditions=admission.closing_conditions,
        urgency=admission.urgency,
        deadline_class=admission.deadline_class,
        evidence_required=evidence_required,
        vertical=vertical,
        street_function=street_function,
        district_function=district_function,
        illustrative=admission.synthetic,
        active=False,
    )
    TaskAdmission.objects.filter(pk=admission.pk).update(category=category, version=admission.version + 1)
    _audit(by, "create_admitted_category", admission, after={"category": category.pk, "code": code})
    return category


def _check_category(code: str, *functions: str) -> None:
    wrong: dict[str, list[str]] = {}
    if not code.isalnum() or len(code) > 16 or Category.objects.filter(code=code).exists():
        wrong["code"] = [_("编码须由字母和数字组成、不超过16位，且没有被占用")]
    names = ("street_function", "district_function")
    wrong |= {
        name: [_("没有这个职能")]
        for name, function in zip(names, functions, strict=True)
        if function and function not in FUNCTIONS
    }
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def activate_category(*, admission_id: int, by: Actor) -> Category:
    """Let the matter of an admitted task be used from now on. Raise NotVisible, AdmissionMoveRefused, NotAllowed."""
    admission = _locked(admission_id, by, None)
    if not can(by, Action.ADMIT_CATEGORIES):
        raise NotAllowed
    category = admission.category
    if category is None or category.active:
        raise AdmissionMoveRefused(state=admission.state)
    if not category.district_function or not Unit.objects.filter(function=category.district_function).exists():
        raise Conflict(_("先给事项指定有单位承担的区级职能，再启用"), code="category_without_department")
    touch()
    Category.objects.filter(pk=category.pk).update(active=True)
    category.active = True
    _audit(by, "activate_admitted_category", admission, before={"active": False}, after={"active": True})
    return category


def _locked(admission_id: int, by: Actor, seen_version: int | None) -> TaskAdmission:
    visible_admission(admission_id, by)
    admission = TaskAdmission.objects.select_for_update(of=("self",)).select_related("unit").get(pk=admission_id)
    if seen_version is not None and seen_version != admission.version:
        raise AdmissionChanged(version=admission.version)
    return admission


def _audit(by: Actor, verb: str, admission: TaskAdmission, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=f"catalogue.{verb}", object_label=f"TaskAdmission {admission.pk}", detail=detail)
