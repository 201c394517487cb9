"""Links between the sections of the configuration."""

from __future__ import annotations

from typing import Protocol

from django import template
from django.urls import reverse

register = template.Library()


class Named(Protocol):
    name: str


@register.simple_tag
def section_url(section: Named) -> str:
    """The address of the first page of a section."""
    return reverse(f"configuration:{section.name}")
