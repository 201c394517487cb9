"""A program with a key in force, as it is given on the pages."""

from __future__ import annotations

from catalogue.models import Category
from catalogue.revisions import forget
from citizens.models import ApiKey
from citizens.services import api_keys
from tests.workorders.conftest import Desk

OWNER = {"owner": "街巷观察站", "purpose": "居民拍照上报路灯和井盖", "contact": "025-55500001"}


def key_in_force(desk: Desk, **limits: int) -> tuple[ApiKey, str]:
    """Asked for, set up by the system administrator, approved by the commander, fetched by its owner."""
    key, code = api_keys.ask_for_key(**OWNER)
    told = {"per_minute": 100, "per_day": 1000, "days": 30, **limits}
    api_keys.set_up_key(key_id=key.pk, by=desk.cast.sysadmin, **told)
    api_keys.decide_key(key_id=key.pk, approve=True, by=desk.cast.commander)
    return api_keys.fetch_key(code=code)


def make_public(*codes: str) -> None:
    """As an administrator ticks it."""
    Category.objects.filter(code__in=codes).update(public=True)
    forget()
