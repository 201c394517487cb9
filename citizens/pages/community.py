"""What is kept about a citizen's part in a community, and what is forgotten when they leave."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from citizens.registry import Kept, farewell, keeps
from citizens.selectors.community import standings_of
from citizens.selectors.observers import remarks_of
from citizens.selectors.volunteers import signups_of
from citizens.services.observers import forget_pictures
from citizens.services.standing import forget_standings
from citizens.services.volunteers import forget_signups, told


@keeps("standings", place=60)
def standings(user_id: int) -> Kept:
    rows = (
        (
            f"{each.community} · {each.get_role_display()}",
            f"{each.get_state_display()} · {localtime(each.asked_at):%Y-%m-%d}",
        )
        for each in standings_of(user_id)
    )
    return Kept(_("社区身份"), tuple(rows))


@keeps("signups", place=61)
def signups(user_id: int) -> Kept:
    rows = (
        (told(each.shift), f"{each.shift.place} · {each.get_state_display()} · {each.minutes or 0} {_('分钟')}")
        for each in signups_of(user_id)
    )
    return Kept(_("志愿巡夜"), tuple(rows))


@keeps("remarks", place=62)
def remarks(user_id: int) -> Kept:
    rows = ((f"{localtime(each.created_at):%Y-%m-%d}", f"{each.words} · {each.answer}") for each in remarks_of(user_id))
    return Kept(_("观察意见"), tuple(rows))


@farewell
def leave_community(user_id: int) -> None:
    # First: whoever signs up holds the standing, and then the evening.
    forget_standings(user_id)
    forget_signups(user_id)
    forget_pictures(user_id)
