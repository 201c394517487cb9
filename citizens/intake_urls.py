"""Mounted at ``/intake/``."""

from django.urls import path

from citizens.views.intake import IntakeView

app_name = "intake"
urlpatterns = [
    path("v1/<slug:platform>/reports/", IntakeView.as_view(), name="intake-reports"),
]
