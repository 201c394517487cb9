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


class RosterRefused(Conflict):
    """What the roster or a swap cannot become; ``conflicts`` names what stands against it."""

    code = "roster_conflict"
    message = _("排班有冲突，请调整后再试")


class TooSoon(DomainError):
    """Asked again before its time; ``retry_after`` is in seconds."""

    status = 429
    code = "too_soon"
    message = _("位置已是最新，请稍后再报")


class PhonesEnough(DomainError):
    """So many numbers in an hour are no emergency; ``retry_after`` is in seconds."""

    status = 429
    code = "phones_enough"
    message = _("一小时内查看电话已达 30 次，请稍后再看")


class RemindedJustNow(Conflict):
    """``again_at`` is when the unit may be reminded of the order again."""

    code = "reminded_just_now"
    message = _("半小时内已催办过该单位，请稍后再催")


class DocumentMoved(Conflict):
    """The document is not in a state that allows the move."""

    code = "document_state"
    message = _("文书当前状态不允许此操作，请刷新后再看")


class AccountabilityProposed(Conflict):
    """Of one supervision there is one proposal at a time; another only after that was dismissed or revoked."""

    code = "accountability_proposed"
    message = _("已就该督办单提请问责，请在原问责文书上办理")


class SameHand(NotAllowed):
    """Who replied may not judge, who proposed may not decide, who decided may not review."""

    code = "same_person"
    message = _("须由另一人办理")


class AnnouncementMoved(Conflict):
    code = "announcement_state"
    message = _("公告当前状态不允许此操作，请刷新后再看")


class WhistleMoved(Conflict):
    """The whistle or the summons is not in a state that allows the move."""

    code = "whistle_state"
    message = _("吹哨当前状态不允许此操作，请刷新后再看")


class TooFar(DomainError):
    """Not at the place; ``distance_m`` and ``allowed_m`` in metres."""

    status = 409
    code = "too_far"
    message = _("还没有到现场")
