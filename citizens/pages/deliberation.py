"""Matters and opinions, as moderation sees them, and as their author may take them along."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services import audit
from citizens.models import Matter, Opinion, Support, Turnout
from citizens.registry import Kept, Moderated, Seen, keeps, moderates
from citizens.selectors.deliberation import MATTER, OPINION
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor


def _matters(ids: Collection[int]) -> dict[int, Seen]:
    rows = Matter.objects.filter(pk__in=ids)
    return {each.pk: Seen(f"{each.title}\n{each.words}".strip(), _address(each.pk)) for each in rows}


def _opinions(ids: Collection[int]) -> dict[int, Seen]:
    return {each.pk: Seen(each.words, _address(each.matter_id)) for each in Opinion.objects.filter(pk__in=ids)}


def _address(matter_id: int) -> str:
    return reverse("desk:matter-desk", args=[matter_id])


def _remove_matter(pk: int, reason: str, by: Actor) -> None:
    Matter.objects.filter(pk=pk, removed_at=None).update(title="", words="", removed_at=clock.now())
    _audit(Matter, pk, reason, by)


def _remove_opinion(pk: int, reason: str, by: Actor) -> None:
    Opinion.objects.filter(pk=pk, removed_at=None).update(words="", removed_at=clock.now())
    _audit(Opinion, pk, reason, by)


def _audit(model: type[Model], pk: int, reason: str, by: Actor) -> None:
    label = f"{model._meta.model_name}:{pk}"
    audit(actor_id=by.user_id, action="words_removed", object_label=label, detail={"reason": reason})


moderates(MATTER, Moderated(gettext_lazy("议事题目"), _matters, _remove_matter))
moderates(OPINION, Moderated(gettext_lazy("议事意见"), _opinions, _remove_opinion))


@keeps("deliberation", place=63)
def deliberation(user_id: int) -> Kept:
    rows: list[tuple[Any, str]] = [
        (_("提的事"), f"{each.title} · {localtime(each.raised_at):%Y-%m-%d}")
        for each in Matter.objects.filter(author_id=user_id).order_by("-pk")
    ]
    said = Opinion.objects.filter(user_id=user_id, removed_at=None).order_by("-pk")
    rows += [(_("意见"), each.words) for each in said]
    backed = Support.objects.filter(user_id=user_id).select_related("matter").order_by("-pk")
    rows += [(_("附议"), each.matter.title) for each in backed]
    # Of a secret ballot nobody knows more than that one took part.
    voted = Turnout.objects.filter(user_id=user_id).select_related("ballot__matter").order_by("-pk")
    rows += [(_("参加表决"), each.ballot.matter.title) for each in voted]
    return Kept(_("社区议事"), tuple(rows))
