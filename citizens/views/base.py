"""What the pages of the public site have in common."""

from __future__ import annotations

from typing import Any

from django.views.generic.base import ContextMixin

LARGE_TYPE = "lianqin_type"


class PublicPage(ContextMixin):
    """A page for anybody, without a cookie that tells who looks. ``nav`` names its entry in citizens.pages.site."""

    nav = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        large = self.request.COOKIES.get(LARGE_TYPE) == "large"  # type: ignore[attr-defined]
        return super().get_context_data(nav=self.nav, large_type=large, **kwargs)
