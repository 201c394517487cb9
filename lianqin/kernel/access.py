"""Deny by default: what an API view is guarded by when it names no permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:  # rest_framework.views imports this module while it is being imported.
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Nobody(BasePermission):
    """Refuse everybody; a view that forgot its permission is shut, not open."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False
