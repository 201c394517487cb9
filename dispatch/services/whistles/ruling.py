"""Which matters summon the grid worker by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from catalogue.models import Category
from catalogue.permissions import Action, can
from dispatch.errors import NotAllowed
from dispatch.models import WhistleRule
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid

LEAST, MOST = 5, 1440  # Minutes.


@transaction.atomic
def set_whistle_rules(*, minutes: Mapping[str, int], by: Actor) -> int:
    """Let just these categories (codes) whistle, with that many minutes to arrive; return how many rules changed.

    Raises NotAllowed, Invalid.
    """
    if not can(by, Action.EDIT_CATEGORIES):
        raise NotAllowed
    found = dict(Category.objects.filter(code__in=minutes, level=2).values_list("code", "pk"))
    faults = {code: [_("没有这个事项")] for code in minutes if code not in found}
    faults |= {code: [_("请填 5 到 1440 分钟")] for code, each in minutes.items() if not LEAST <= each <= MOST}
    if faults:
        raise Invalid(fields=faults)
    wanted = {found[code]: each for code, each in minutes.items()}
    kept = dict(WhistleRule.objects.select_for_update().values_list("category_id", "minutes"))
    changed = {pk for pk in wanted.keys() | kept.keys() if wanted.get(pk) != kept.get(pk)}
    if not changed:
        return 0
    WhistleRule.objects.filter(category_id__in=kept.keys() - wanted.keys()).delete()
    for pk in changed & wanted.keys():
        WhistleRule.objects.update_or_create(category_id=pk, defaults={"minutes": wanted[pk]})
    audit(
        actor_id=by.user_id,
        action="dispatch.whistle_rules_set",
        object_label="WhistleRule",
        detail={"before": _by_code(kept), "after": _by_code(wanted)},
    )
    return len(changed)


def _by_code(minutes: Mapping[int, int]) -> dict[str, int]:
    codes = dict(Category.objects.filter(pk__in=minutes).values_list("pk", "code"))
    return {codes[pk]: each for pk, each in sorted(minutes.items())}
