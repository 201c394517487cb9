"""Mounted at ``/configuration/``. The name of a section is the name of its first page."""

from django.urls import URLPattern, path

from configuration.pages import categories, preflight
from configuration.pages.admissions import (
    AdmissionPage,
    AdmissionPrint,
    Admissions,
    EditAdmission,
    NewAdmission,
    Paper,
)
from configuration.pages.approvals import Approvals
from configuration.pages.basemaps import Basemaps
from configuration.pages.boundaries import Boundaries, Boundary, NewPlan
from configuration.pages.calendars import (
    CalendarDraftPage,
    CalendarDrafts,
    Calendars,
    NewCalendarDraft,
    Recomputations,
)
from configuration.pages.cameras import CameraForm, Cameras, DemoStream, Gateways, OneCamera
from configuration.pages.changes import Changes
from configuration.pages.channels import ChannelForm, Channels, ChannelSecret, ChannelTest
from configuration.pages.deadlines import (
    DeadlineDraftPage,
    DeadlineDrafts,
    DeadlinePreview,
    Deadlines,
    EndRule,
    NewDeadlineDraft,
)
from configuration.pages.divisions import EditDivision, NewDivision
from configuration.pages.elements.attention import (
    AttentionPeople,
    AttentionPerson,
    EditAttention,
    NewAttention,
)
from configuration.pages.elements.board import Board, OneElement, SwitchElement
from configuration.pages.elements.editing import EditElement, NewElement
from configuration.pages.elements.types import TypeForm, Types
from configuration.pages.grids import Grids, OneGrid
from configuration.pages.imports import (
    ImportNew,
    ImportPage,
    ImportProgress,
    Imports,
    TableExport,
    TableTemplate,
    WrongRows,
)
from configuration.pages.message_templates import MessageTemplates, OneTemplate
from configuration.pages.norms import Norms
from configuration.pages.overview import Home, Overview
from configuration.pages.people.appointing import Appoint, Appointments, OneList
from configuration.pages.people.listing import Passwords, People, Staffing
from configuration.pages.people.one import EditPerson, Leave, NewPerson, Person
from configuration.pages.responsibilities import browse, draft
from configuration.pages.stewards import files as steward_files
from configuration.pages.stewards import money as steward_money
from configuration.pages.stewards import notices as steward_notices
from configuration.pages.stewards import places as steward_places
from configuration.pages.training import courses as training_courses
from configuration.pages.training import people as training_people
from configuration.pages.training import sessions as training_sessions
from configuration.pages.units.editing import (
    EditUnit,
    EndSecondment,
    NewEntrusted,
    NewSecondment,
    NewUnit,
    PayEntrusted,
)
from configuration.pages.units.listing import Entrusted, OneUnit, Secondments, Units
from configuration.pages.whistle_rules import WhistleRules
from configuration.pages.whose import Whose

app_name = "configuration"
urlpatterns: list[URLPattern] = [
    path("", Home.as_view(), name="start"),
    path("overview/", Overview.as_view(), name="overview"),
    path("approvals/", Approvals.as_view(), name="approvals"),
    path("changes/", Changes.as_view(), name="changes"),
    path("imports/", Imports.as_view(), name="imports"),
    path("imports/new/", ImportNew.as_view(), name="import-new"),
    path("imports/<int:job_id>/", ImportPage.as_view(), name="import"),
    path("imports/<int:job_id>/progress/", ImportProgress.as_view(), name="import-progress"),
    path("imports/<int:job_id>/wrong/", WrongRows.as_view(), name="import-wrong"),
    path("tables/<str:name>/template.<str:kind>", TableTemplate.as_view(), name="table-template"),
    path("tables/<str:name>/export.<str:kind>", TableExport.as_view(), name="table-export"),
    path("grids/", Grids.as_view(), name="grids"),
    path("grids/norms/", Norms.as_view(), name="grid-norms"),
    path("boundaries/", Boundaries.as_view(), name="boundaries"),
    path("boundaries/new/", NewPlan.as_view(), name="boundary-new"),
    path("boundaries/whose/", Whose.as_view(), name="grid-whose"),
    path("boundaries/<int:pk>/", Boundary.as_view(), name="boundary"),
    path("grids/<str:code>/", OneGrid.as_view(), name="grid"),
    path("divisions/<str:level>/new/", NewDivision.as_view(), name="division-new"),
    path("divisions/<str:level>/<str:code>/", EditDivision.as_view(), name="division"),
    path("deadlines/", Deadlines.as_view(), name="deadlines"),
    path("deadlines/preview/", DeadlinePreview.as_view(), name="deadline-preview"),
    path("deadlines/drafts/", DeadlineDrafts.as_view(), name="deadline-drafts"),
    path("deadlines/drafts/new/", NewDeadlineDraft.as_view(), name="deadline-draft-new"),
    path("deadlines/drafts/<int:pk>/", DeadlineDraftPage.as_view(), name="deadline-draft"),
    path("deadlines/rules/<int:pk>/end/", EndRule.as_view(), name="deadline-end"),
    path("people/", People.as_view(), name="people"),
    path("people/new/", NewPerson.as_view(), name="person-new"),
    path("people/staffing/", Staffing.as_view(), name="staffing"),
    path("people/passwords/", Passwords.as_view(), name="passwords"),
    path("people/appoint/", Appoint.as_view(), name="appoint"),
    path("people/lists/", Appointments.as_view(), name="appointments"),
    path("people/lists/<int:pk>/", OneList.as_view(), name="appointment-list"),
    path("people/<int:pk>/", Person.as_view(), name="person"),
    path("people/<int:pk>/edit/", EditPerson.as_view(), name="person-edit"),
    path("people/<int:pk>/leave/", Leave.as_view(), name="person-leave"),
    path("units/", Units.as_view(), name="units"),
    path("units/new/", NewUnit.as_view(), name="unit-new"),
    path("units/secondments/", Secondments.as_view(), name="secondments"),
    path("units/secondments/new/", NewSecondment.as_view(), name="secondment-new"),
    path("units/secondments/<int:pk>/end/", EndSecondment.as_view(), name="secondment-end"),
    path("units/entrusted/", Entrusted.as_view(), name="entrusted"),
    path("units/entrusted/new/", NewEntrusted.as_view(), name="entrusted-new"),
    path("units/entrusted/<int:pk>/pay/", PayEntrusted.as_view(), name="entrusted-pay"),
    path("units/<str:code>/", OneUnit.as_view(), name="unit"),
    path("units/<str:code>/edit/", EditUnit.as_view(), name="unit-edit"),
    path("calendars/", Calendars.as_view(), name="calendars"),
    path("calendars/drafts/", CalendarDrafts.as_view(), name="calendar-drafts"),
    path("calendars/drafts/new/", NewCalendarDraft.as_view(), name="calendar-draft-new"),
    path("calendars/drafts/<int:pk>/", CalendarDraftPage.as_view(), name="calendar-draft"),
    path("calendars/recomputations/", Recomputations.as_view(), name="recomputations"),
    path("training/", training_courses.Courses.as_view(), name="training"),
    path("training/courses/new/", training_courses.CourseForm.as_view(), name="training-course-new"),
    path("training/courses/<str:code>/", training_courses.CourseForm.as_view(), name="training-course"),
    path("training/sessions/", training_sessions.Sessions.as_view(), name="training-sessions"),
    path("training/sessions/new/", training_sessions.NewSession.as_view(), name="training-session-new"),
    path("training/sessions/<int:pk>/", training_sessions.OneSession.as_view(), name="training-session"),
    path("training/gaps/", training_people.Gaps.as_view(), name="training-gaps"),
    path("training/records/", training_people.Records.as_view(), name="training-records"),
    path("training/people/<int:pk>/", training_people.Person.as_view(), name="training-person"),
    path("stewards/", steward_places.PlacesPage.as_view(), name="stewards"),
    path("stewards/policy/", steward_places.Policy.as_view(), name="steward-policy"),
    path("stewards/quotas/<str:code>/", steward_places.Quota.as_view(), name="steward-quota"),
    path("stewards/buildings/", steward_places.Buildings.as_view(), name="steward-buildings"),
    path("stewards/buildings/new/", steward_places.BuildingForm.as_view(), name="steward-building-new"),
    path("stewards/buildings/<str:code>/", steward_places.BuildingForm.as_view(), name="steward-building"),
    path("stewards/recruitments/", steward_files.Recruitments.as_view(), name="steward-recruitments"),
    path("stewards/recruitments/new/", steward_files.NewRecruitment.as_view(), name="steward-recruitment-new"),
    path("stewards/recruitments/<int:pk>/apply/", steward_files.Apply.as_view(), name="steward-apply"),
    path("stewards/pipeline/", steward_files.Pipeline.as_view(), name="steward-pipeline"),
    path("stewards/files/", steward_files.Files.as_view(), name="steward-files"),
    path("stewards/files/<int:pk>/", steward_files.File.as_view(), name="steward"),
    path("stewards/notices/", steward_notices.Notices.as_view(), name="steward-notices"),
    path("stewards/notices/<int:pk>/", steward_notices.Notice.as_view(), name="steward-notice"),
    path("stewards/assessments/", steward_money.Assessments.as_view(), name="steward-assessments"),
    path("stewards/budget/", steward_money.Budgets.as_view(), name="steward-budget"),
    path("stewards/budget/<str:code>/", steward_money.Budget.as_view(), name="steward-budget-one"),
    path("stewards/payments/<int:pk>/", steward_money.Payment.as_view(), name="steward-payment"),
    path("elements/", Board.as_view(), name="elements"),
    path("elements/new/", NewElement.as_view(), name="element-new"),
    path("elements/types/", Types.as_view(), name="element-types"),
    path("elements/types/new/", TypeForm.as_view(), name="element-type-new"),
    path("elements/types/<str:code>/", TypeForm.as_view(), name="element-type"),
    path("elements/attention/", AttentionPeople.as_view(), name="attention"),
    path("elements/attention/new/", NewAttention.as_view(), name="attention-new"),
    path("elements/attention/<str:code>/", AttentionPerson.as_view(), name="attention-person"),
    path("elements/attention/<str:code>/edit/", EditAttention.as_view(), name="attention-edit"),
    path("elements/<str:code>/", OneElement.as_view(), name="element"),
    path("elements/<str:code>/edit/", EditElement.as_view(), name="element-edit"),
    path("elements/<str:code>/switch/", SwitchElement.as_view(), name="element-switch"),
    path("cameras/", Cameras.as_view(), name="cameras"),
    path("cameras/new/", CameraForm.as_view(), name="camera-new"),
    path("basemaps/", Basemaps.as_view(), name="basemaps"),
    path("cameras/gateways/", Gateways.as_view(), name="video-gateways"),
    path("cameras/demo/<slug:channel>/<str:part>", DemoStream.as_view(), name="demo-stream"),
    path("cameras/<str:code>/", OneCamera.as_view(), name="camera"),
    path("cameras/<str:code>/edit/", CameraForm.as_view(), name="camera-edit"),
    path("whistle-rules/", WhistleRules.as_view(), name="whistle-rules"),
    path("channels/", Channels.as_view(), name="channels"),
    path("channels/new/<slug:kind>/", ChannelForm.as_view(), name="channel-new"),
    path("channels/templates/", MessageTemplates.as_view(), name="message-templates"),
    path("channels/templates/<slug:kind>/", OneTemplate.as_view(), name="message-template"),
    path("channels/<int:pk>/", ChannelForm.as_view(), name="channel"),
    path("channels/<int:pk>/secret/", ChannelSecret.as_view(), name="channel-secret"),
    path("channels/<int:pk>/test/", ChannelTest.as_view(), name="channel-test"),
    path("categories/", categories.Categories.as_view(), name="categories"),
    path("categories/new/", categories.NewCategory.as_view(), name="category-new"),
    path("categories/<str:code>/", categories.OneCategory.as_view(), name="category"),
    path("responsibilities/", browse.Responsibilities.as_view(), name="responsibilities"),
    path("responsibilities/who/", browse.WhoIsResponsible.as_view(), name="responsibility-who"),
    path("responsibilities/proposals/", browse.Proposals.as_view(), name="responsibility-proposals"),
    path("responsibilities/versions/", browse.Versions.as_view(), name="responsibility-versions"),
    path("responsibilities/versions/new/", draft.NewList.as_view(), name="responsibility-new"),
    path("responsibilities/versions/<int:pk>/", draft.OneList.as_view(), name="responsibility-draft"),
    path("responsibilities/versions/<int:pk>/compare/", draft.Compared.as_view(), name="responsibility-compare"),
    path("preflight/", preflight.Preflight.as_view(), name="preflight"),
    path("admissions/", Admissions.as_view(), name="admissions"),
    path("admissions/new/", NewAdmission.as_view(), name="admission-new"),
    path("admissions/<int:pk>/", AdmissionPage.as_view(), name="admission"),
    path("admissions/<int:pk>/edit/", EditAdmission.as_view(), name="admission-edit"),
    path("admissions/<int:pk>/print/", AdmissionPrint.as_view(), name="admission-print"),
    path("admissions/<int:pk>/papers/<uuid:key>/", Paper.as_view(), name="admission-paper"),
]
