"""What is to be had, and what was had."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, F, Q, QuerySet

from citizens.models import PointsAccount, Redemption, RedemptionState, Reward

TAKEN = (RedemptionState.ISSUED, RedemptionState.HANDED)


def offered(now: dt.datetime) -> QuerySet[Reward]:
    """What can be had now or soon; what is sold out comes last."""
    over = Q(until_at__lte=now)
    rewards = Reward.objects.filter(~over, is_offered=True).select_related("pickup")
    return rewards.annotate(gone=Q(stock=0)).order_by("gone", "price", "id")


def balance_of(user_id: int) -> int:
    found = PointsAccount.objects.filter(user_id=user_id).values_list("balance", flat=True).first()
    return found or 0


def taken_by(user_id: int, reward: Reward) -> int:
    """How many of it somebody has or had; what was given back does not count."""
    return Redemption.objects.filter(reward=reward, user_id=user_id, state__in=TAKEN).count()


def vouchers_of(user_id: int) -> QuerySet[Redemption]:
    """What waits comes first, by its time; then the newest."""
    own = Redemption.objects.filter(user_id=user_id).select_related("reward__pickup")
    return own.annotate(over=~Q(state=RedemptionState.ISSUED)).order_by("over", F("ended_at").desc(), "expires_at")


def all_rewards() -> QuerySet[Reward]:
    """With how many vouchers are out."""
    out = Count("redemptions", filter=Q(redemptions__state=RedemptionState.ISSUED))
    rewards = Reward.objects.select_related("pickup").annotate(out=out)
    return rewards.order_by("-is_offered", "price", "id")
