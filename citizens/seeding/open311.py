"""Who asks to report by a program, for demonstrations: one waits, one has a key."""

from __future__ import annotations

from django.db import transaction

from citizens.models import ApiKey
from citizens.services.api_keys import ask_for_key, decide_key, set_up_key
from lianqin.kernel.actors import Actor

MADE_UP = "（演示）"


@transaction.atomic
def ask_for_keys(*, admin: Actor, second: Actor) -> int:
    """Return how many requests there are now; once made up they are not made up again."""
    if not ApiKey.objects.exists():
        ask_for_key(
            owner=f"江浦街道志愿者联合会{MADE_UP}", purpose="巡查小程序把看到的问题报上来，再看办到哪一步。",
            contact="program@volunteers.example",
        )  # fmt: skip
        key, _code = ask_for_key(
            owner=f"浦口共享单车企业联盟{MADE_UP}", purpose="车辆乱停的位置由企业的系统上报，办结后同步。",
            contact="api@bikes.example",
        )  # fmt: skip
        set_up_key(key_id=key.pk, per_minute=30, per_day=500, days=365, by=admin)
        decide_key(key_id=key.pk, approve=True, by=second)
    return ApiKey.objects.count()
