"""Why somebody sends an order to another department than the responsibility list names. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Correction(TextChoices):
    """``NO_CAPACITY`` and ``BETTER_KNOWN`` say nothing against the list."""

    WRONG_RULE = "wrong_rule", _("清单不对")
    NO_CAPACITY = "no_capacity", _("该单位力量不足")
    BETTER_KNOWN = "better_known", _("另一单位更熟悉")
    OTHER = "other", _("其他原因")
