"""Refusals of dispatch: those of the platform."""

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, DomainError, NotAllowed, NotVisible

__all__ = ["NotAllowed", "NotVisible"]


class TrialTooMany(Conflict):
    code = "trial_too_many"
    message = _("已有三次推演在进行，请等其中一次完成")


class TrialUnderWay(Conflict):
    code = "trial_under_way"
    message = _("推演还在进行，请先停止")


class NotOnDuty(NotAllowed):
    code = "not_on_duty"
    message = _("只有在值班期间才能共享位置")


class TooSoon(DomainError):
    """Asked again before its time; ``retry_after`` is in seconds."""

    status = 429
    code = "too_soon"
    message = _("位置已是最新，请稍后再报")
