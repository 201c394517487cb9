"""Mounted at ``/api/v1/citizen/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
