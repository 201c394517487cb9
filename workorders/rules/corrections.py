"""Why somebody sends an order to another department than the responsibility list names. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Correction(TextChoices):
    """``NO_CAPACITY`` and ``BETTER_KNOWN`` say nothing against the list."""

    WRONG_RULE = "wrong_rule", _("规则不对")
    NO_CAPACITY = "no_capacity", _("力量不足")
    BETTER_KNOWN = "better_known", _("另有更熟悉的")
    OTHER = "other", _("其他原因")
