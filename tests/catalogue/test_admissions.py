"""The admission of a task: every state, every action and every person, typed by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from accounts.selectors import actor_for
from catalogue.errors import AdmissionChanged, AdmissionIncomplete, AdmissionMoveRefused, PaperRefused
from catalogue.models import AdmissionOpinion, AdmissionPaper, Category, TaskAdmission
from catalogue.selectors import leaf_categories
from catalogue.selectors.admissions import moves_of, visible_admissions
from catalogue.services.admissions import (
    Application,
    activate_category,
    create_category,
    draft_admission,
    edit_admission,
    move_admission,
)
from catalogue.services.papers import add_paper, drop_paper
from catalogue.states import AdmissionAction, AdmissionState
from grids import services as grids
from lianqin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotVisible
from tests.cast import Cast, SmallGround

# Where each action leads from each state; what is missing here is refused as a conflict.
LEADS = {
    ("submit", "draft"): "submitted",
    ("submit", "sent_back"): "submitted",
    ("take_up", "submitted"): "office_review",
    ("forward", "office_review"): "district_approval",
    ("send_back", "office_review"): "sent_back",
    ("send_back", "district_approval"): "sent_back",
    ("refuse", "office_review"): "refused",
    ("refuse", "district_approval"): "refused",
    ("admit", "district_approval"): "admitted",
    ("withdraw", "draft"): "withdrawn",
    ("withdraw", "submitted"): "withdrawn",
    ("withdraw", "office_review"): "withdrawn",
    ("withdraw", "sent_back"): "withdrawn",
}
APPLICANT, OFFICE, DISTRICT = "district_handler", "district_dispatcher", "commander"
WHO = {
    "submit": {"*": APPLICANT},
    "withdraw": {"*": APPLICANT},
    "take_up": {"*": OFFICE},
    "forward": {"*": OFFICE},
    "admit": {"*": DISTRICT},
    "send_back": {"office_review": OFFICE, "district_approval": DISTRICT},
    "refuse": {"office_review": OFFICE, "district_approval": DISTRICT},
}
PEOPLE = (
    "district_handler", "district_handler2", "handler", "district_dispatcher", "street_dispatcher", "commander",
    "supervisor", "sysadmin", "secadmin", "grid_worker", "citizen", "outsider",
)  # fmt: skip


@pytest.fixture
def parent(db: None) -> Category:
    return Category.objects.create(code="R", name="准入类", level=1)


@pytest.fixture
def application(parent: Category) -> Application:
    return Application(
        name="飞线充电巡查",
        parent_id=parent.pk,
        asked="每周巡查一次楼道",
        legal_basis="条例第三十一条",
        registration_conditions=("楼道飞线充电",),
        closing_conditions=("线路拆除",),
        frequency="weekly",
        people_needed=2,
        budget_yuan=Decimal("360000.50"),
        budget_source="部门预算",
        budget_period="2027年度",
    )


@pytest.fixture
def begun(cast: Cast, small_ground: SmallGround, application: Application) -> TaskAdmission:
    return draft_admission(unit_id=small_ground.urban_bureau.pk, application=application, by=cast.district_handler)


WAY = {
    "draft": (),
    "submitted": ("submit",),
    "office_review": ("submit", "take_up"),
    "district_approval": ("submit", "take_up", "forward"),
    "admitted": ("submit", "take_up", "forward", "admit"),
    "refused": ("submit", "take_up", "forward", "refuse"),
    "sent_back": ("submit", "take_up", "send_back"),
    "withdrawn": ("withdraw",),
}


@pytest.fixture
def brought(begun: TaskAdmission, cast: Cast) -> Callable[[str], TaskAdmission]:
    def bring(state: str) -> TaskAdmission:
        for action in WAY[state]:
            now = TaskAdmission.objects.get(pk=begun.pk).state
            who = WHO[action].get("*") or WHO[action][now]
            move_admission(admission_id=begun.pk, action=action, opinion="意见", by=getattr(cast, who))
        return TaskAdmission.objects.get(pk=begun.pk)

    return bring


def test_the_matrix_is_the_whole_of_it() -> None:
    assert len(LEADS) == 13
    assert set(WAY) == set(AdmissionState.values)
    assert {action for action, _state in LEADS} == set(AdmissionAction.values)


@pytest.mark.parametrize("state", AdmissionState.values)
def test_every_action_in_every_state_by_everybody(
    state: str, cast: Cast, brought: Callable[[str], TaskAdmission]
) -> None:
    admission = brought(state)
    count = AdmissionOpinion.objects.count()
    for action in AdmissionAction.values:
        allowed = WHO[action].get("*") or WHO[action].get(state, "")
        for name in PEOPLE:
            leads = (action, state) in LEADS
            if leads and name == allowed:
                continue
            with pytest.raises(DomainError) as refusal, transaction.atomic():
                move_admission(admission_id=admission.pk, action=action, opinion="意见", by=getattr(cast, name))
            seen = visible_admissions(getattr(cast, name)).filter(pk=admission.pk).exists()
            assert refusal.value.status == (404 if not seen else 403 if leads else 409), (action, name)
    assert TaskAdmission.objects.get(pk=admission.pk).state == state
    assert AdmissionOpinion.objects.count() == count


@pytest.mark.parametrize(("action", "state"), LEADS)
def test_what_leads_on_does(action: str, state: str, cast: Cast, brought: Callable[[str], TaskAdmission]) -> None:
    admission = brought(state)
    who = WHO[action].get("*") or WHO[action][state]
    actor = getattr(cast, who)
    assert action in [step.action for step in moves_of(admission, actor)]
    moved = move_admission(admission_id=admission.pk, action=action, opinion="同意", by=actor)
    assert moved.state == LEADS[action, state]
    last = AdmissionOpinion.objects.order_by("-id")[0]
    assert (last.action, last.target, last.opinion, last.by_id) == (action, moved.state, "同意", actor.user_id)


def test_who_sees_an_application(cast: Cast, brought: Callable[[str], TaskAdmission]) -> None:
    def seen(state: str) -> set[str]:
        pk = brought(state).pk
        return {name for name, actor in cast.all() if visible_admissions(actor).filter(pk=pk).exists()}

    assert seen("draft") == {"district_handler"}
    assert seen("submitted") == {
        "district_handler", "district_dispatcher", "district_dispatcher2", "commander", "sysadmin", "secadmin",
    }  # fmt: skip


def test_centres_read_what_was_admitted(cast: Cast, brought: Callable[[str], TaskAdmission]) -> None:
    pk = brought("admitted").pk
    seen = {name for name, actor in cast.all() if visible_admissions(actor).filter(pk=pk).exists()}
    assert {"street_dispatcher", "other_street_dispatcher", "supervisor", "street_supervisor"} <= seen
    assert not seen & {"handler", "grid_worker", "citizen", "outsider", "district_handler2", "auditadmin"}


def test_nobody_plays_two_parts(cast: Cast, brought: Callable[[str], TaskAdmission]) -> None:
    admission = brought("district_approval")
    TaskAdmission.objects.filter(pk=admission.pk).update(reviewer=None)
    TaskAdmission.objects.filter(pk=admission.pk).update(applicant=cast.user("commander"))
    with pytest.raises(NotAllowed) as refusal:
        move_admission(admission_id=admission.pk, action="admit", opinion="同意", by=cast.commander)
    assert refusal.value.code == "second_person_needed"
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskAdmission.objects.filter(pk=admission.pk).update(reviewer=cast.user("commander"))


def test_who_wrote_it_does_not_review_it(
    cast: Cast, small_ground: SmallGround, begun: TaskAdmission, application: Application
) -> None:
    """Somebody of two posts writes the application; another of the department submits it."""
    both = cast.user("district_dispatcher")
    grids.appoint(user=both, role="department_handler", unit=small_ground.urban_bureau, by=cast.secadmin)
    writer = actor_for(both)
    edit_admission(admission_id=begun.pk, application=application, by=writer)
    move_admission(admission_id=begun.pk, action="submit", by=cast.district_handler)
    begun.refresh_from_db()

    assert [str(step.action) for step in moves_of(begun, writer)] == ["withdraw"]
    with pytest.raises(NotAllowed) as refusal:
        move_admission(admission_id=begun.pk, action="take_up", by=writer)
    assert refusal.value.code == "second_person_needed"


def test_who_uploaded_a_paper_does_not_review(cast: Cast, small_ground: SmallGround, begun: TaskAdmission) -> None:
    both = cast.user("district_dispatcher")
    grids.appoint(user=both, role="department_handler", unit=small_ground.urban_bureau, by=cast.secadmin)
    writer = actor_for(both)
    add_paper(admission_id=begun.pk, upload=SimpleUploadedFile("法条.pdf", b"%PDF-1.4 x %%EOF"), by=writer)
    move_admission(admission_id=begun.pk, action="submit", by=cast.district_handler)
    begun.refresh_from_db()
    assert [str(step.action) for step in moves_of(begun, writer)] == ["withdraw"]


def test_who_sent_it_back_does_not_write_it(
    cast: Cast, small_ground: SmallGround, brought: Callable[[str], TaskAdmission], application: Application
) -> None:
    """What was reviewed in an earlier round stays reviewed by that person, whatever is submitted since."""
    admission = brought("sent_back")
    both = cast.user("district_dispatcher")
    grids.appoint(user=both, role="department_handler", unit=small_ground.urban_bureau, by=cast.secadmin)
    reviewer = actor_for(both)
    move_admission(admission_id=admission.pk, action="submit", by=cast.district_handler)
    move_admission(admission_id=admission.pk, action="withdraw", by=cast.district_handler)
    TaskAdmission.objects.filter(pk=admission.pk).update(state="sent_back")
    with pytest.raises(NotAllowed) as refusal:
        edit_admission(admission_id=admission.pk, application=application, by=reviewer)
    assert refusal.value.code == "second_person_needed"
    with pytest.raises(NotAllowed) as refusal:
        move_admission(admission_id=admission.pk, action="submit", by=reviewer)
    assert refusal.value.code == "second_person_needed"


def test_opinions_are_needed_where_somebody_judges(cast: Cast, brought: Callable[[str], TaskAdmission]) -> None:
    admission = brought("office_review")
    for action in ("forward", "send_back", "refuse"):
        with pytest.raises(Invalid) as refusal:
            move_admission(admission_id=admission.pk, action=action, opinion=" ", by=cast.district_dispatcher)
        assert set(refusal.value.fields) == {"opinion"}


def test_only_a_complete_application_is_submitted(cast: Cast, begun: TaskAdmission) -> None:
    edit_admission(admission_id=begun.pk, application=Application(name="空"), by=cast.district_handler)
    with pytest.raises(AdmissionIncomplete) as refusal:
        move_admission(admission_id=begun.pk, action="submit", by=cast.district_handler)
    assert set(refusal.value.fields) == {
        "parent", "asked", "legal_basis", "registration_conditions", "closing_conditions", "budget_source",
    }  # fmt: skip


def test_a_text_that_moved_on_is_not_decided_about(
    cast: Cast, brought: Callable[[str], TaskAdmission], application: Application
) -> None:
    admission = brought("sent_back")
    edit_admission(admission_id=admission.pk, application=application, by=cast.district_handler)
    with pytest.raises(AdmissionChanged):
        move_admission(
            admission_id=admission.pk, action="submit", by=cast.district_handler, seen_version=admission.version
        )


def test_streets_and_strangers_do_not_apply(
    cast: Cast, small_ground: SmallGround, begun: TaskAdmission, application: Application
) -> None:
    for name in ("handler", "street_dispatcher", "district_dispatcher", "sysadmin", "commander", "citizen"):
        with pytest.raises(NotAllowed):
            draft_admission(unit_id=small_ground.urban_squad.pk, application=application, by=getattr(cast, name))
    with pytest.raises(NotAllowed):
        draft_admission(unit_id=small_ground.water_bureau.pk, application=application, by=cast.district_handler)
    with pytest.raises(NotVisible):
        edit_admission(admission_id=begun.pk, application=application, by=cast.district_handler2)


def test_only_an_admitted_task_becomes_a_matter(cast: Cast, brought: Callable[[str], TaskAdmission]) -> None:
    admission = brought("district_approval")
    with pytest.raises(AdmissionMoveRefused):
        create_category(admission_id=admission.pk, code="R01", by=cast.sysadmin)
    admission = brought("draft") if admission.state == "draft" else admission
    move_admission(admission_id=admission.pk, action="admit", opinion="同意", by=cast.commander)
    for name in ("commander", "district_dispatcher", "district_handler"):
        with pytest.raises(NotAllowed):
            create_category(admission_id=admission.pk, code="R01", by=getattr(cast, name))
    with pytest.raises(Invalid) as refusal:
        create_category(admission_id=admission.pk, code="R", by=cast.sysadmin)
    assert set(refusal.value.fields) == {"code"}

    made = create_category(admission_id=admission.pk, code="R01", by=cast.sysadmin)
    assert (made.name, made.active, made.registration_conditions) == ("飞线充电巡查", False, ["楼道飞线充电"])
    assert "R01" not in [leaf.code for leaf in leaf_categories()]
    with pytest.raises(Conflict):  # Nobody would have to handle it.
        activate_category(admission_id=admission.pk, by=cast.sysadmin)
    Category.objects.filter(pk=made.pk).update(district_function="urban_management")
    activate_category(admission_id=admission.pk, by=cast.sysadmin)
    assert "R01" in [leaf.code for leaf in leaf_categories()]
    with pytest.raises(AdmissionMoveRefused):
        create_category(admission_id=admission.pk, code="R02", by=cast.sysadmin)


def test_a_matter_of_an_application_that_was_not_admitted_cannot_be_stored(begun: TaskAdmission) -> None:
    other = Category.objects.create(code="R09", name="旁路", level=2, parent=Category.objects.get(code="R"))
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskAdmission.objects.filter(pk=begun.pk).update(category=other)


# -- papers


def docx(*more: str, size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            package.writestr(name, "x" * size)
    return out.getvalue()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("name", "data", "kept"),
    [
        ("方案.pdf", PDF, "方案.pdf"),
        ("请示.docx", docx(), "请示.docx"),
        ("照片.exe", png(), "照片.png"),  # Named by what it is.
        ("../../etc/x.pdf", PDF, "x.pdf"),
    ],
)
def test_papers_are_kept_under_their_own_kind(
    cast: Cast, begun: TaskAdmission, name: str, data: bytes, kept: str
) -> None:
    paper = add_paper(admission_id=begun.pk, upload=SimpleUploadedFile(name, data), by=cast.district_handler)
    assert paper.file_name == kept
    assert default_storage.exists(paper.path)
    default_storage.delete(paper.path)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<script>alert(1)</script>", "type_refused"),
        (b"MZ\x90\x00", "type_refused"),
        (b"%PDF-1.7\nhalf", "file_broken"),
        (PDF.replace(b"<<>>endobj", b"<</S/JavaScript>>endobj"), "file_alive"),
        (PDF.replace(b"<<>>endobj", b"<</Launch 1>>endobj"), "file_alive"),
        (docx("word/vbaProject.bin"), "file_alive"),
        (docx("word/embeddings/a.bin"), "file_alive"),
        (docx(size=4_000_000), "too_large"),  # 8 MB of nothing in some kilobytes.
        (docx()[:60], "file_broken"),
        (b"\x89PNG\r\n\x1a\nbroken", "file_broken"),
        (b"PK\x03\x04" + b"0" * 100, "file_broken"),
    ],
)
def test_what_is_no_paper_is_refused(cast: Cast, begun: TaskAdmission, data: bytes, code: str) -> None:
    with pytest.raises(PaperRefused) as refusal:
        add_paper(admission_id=begun.pk, upload=SimpleUploadedFile("x.pdf", data), by=cast.district_handler)
    assert refusal.value.code == code
    assert not AdmissionPaper.objects.exists()


def test_papers_stay_as_they_were_submitted(cast: Cast, brought: Callable[[str], TaskAdmission]) -> None:
    admission = brought("draft")
    upload: Any = SimpleUploadedFile("x.pdf", PDF)
    paper = add_paper(admission_id=admission.pk, upload=upload, by=cast.district_handler)
    with pytest.raises(NotVisible):
        add_paper(admission_id=admission.pk, upload=upload, by=cast.district_handler2)
    move_admission(admission_id=admission.pk, action="submit", by=cast.district_handler)
    with pytest.raises(NotAllowed):
        drop_paper(admission_id=admission.pk, key=paper.key, by=cast.district_dispatcher)
    with pytest.raises(AdmissionMoveRefused):
        drop_paper(admission_id=admission.pk, key=paper.key, by=cast.district_handler)
    assert default_storage.exists(paper.path)
    default_storage.delete(paper.path)
