"""Mounted at ``/api/v1/setup/``. Names begin with ``setup-``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
