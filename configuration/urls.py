"""Mounted at ``/configuration/``. The name of a section is the name of its first page."""

from django.urls import URLPattern, path

from configuration.pages.approvals import Approvals
from configuration.pages.changes import Changes
from configuration.pages.deadlines import (
    DeadlineDraftPage,
    DeadlineDrafts,
    DeadlinePreview,
    Deadlines,
    EndRule,
    NewDeadlineDraft,
)
from configuration.pages.divisions import EditDivision, NewDivision
from configuration.pages.grids import Grids, OneGrid
from configuration.pages.norms import Norms
from configuration.pages.overview import Home, Overview

app_name = "configuration"
urlpatterns: list[URLPattern] = [
    path("", Home.as_view(), name="start"),
    path("overview/", Overview.as_view(), name="overview"),
    path("approvals/", Approvals.as_view(), name="approvals"),
    path("changes/", Changes.as_view(), name="changes"),
    path("grids/", Grids.as_view(), name="grids"),
    path("grids/norms/", Norms.as_view(), name="grid-norms"),
    path("grids/<str:code>/", OneGrid.as_view(), name="grid"),
    path("divisions/<str:level>/new/", NewDivision.as_view(), name="division-new"),
    path("divisions/<str:level>/<str:code>/", EditDivision.as_view(), name="division"),
    path("deadlines/", Deadlines.as_view(), name="deadlines"),
    path("deadlines/preview/", DeadlinePreview.as_view(), name="deadline-preview"),
    path("deadlines/drafts/", DeadlineDrafts.as_view(), name="deadline-drafts"),
    path("deadlines/drafts/new/", NewDeadlineDraft.as_view(), name="deadline-draft-new"),
    path("deadlines/drafts/<int:pk>/", DeadlineDraftPage.as_view(), name="deadline-draft"),
    path("deadlines/rules/<int:pk>/end/", EndRule.as_view(), name="deadline-end"),
]
