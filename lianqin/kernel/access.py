"""Deny by default: what an API view is guarded by when it names no permission."""

from __future__ import annotations

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class Nobody(BasePermission):
    """Refuse everybody; a view that forgot its permission is shut, not open."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False
