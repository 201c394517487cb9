"""The main navigation: what stands in the rail, and on a phone in the bar below, for who looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from configuration.pages.sections import sections_for
from lianqin.kernel.actors import Actor

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """``nav`` is what a page calls itself; ``short`` is its word in the bar of a phone, where "" leaves it out."""

    nav: str
    url_name: str
    icon: str
    title: Text
    short: Text = ""


def _serves(actor: Actor) -> bool:
    return not actor.officer


def _has_post(actor: Actor) -> bool:
    return bool(actor.posts)


def _has_unit(actor: Actor) -> bool:
    return bool(actor.unit_ids)


RULES: tuple[tuple[Callable[[Actor], bool], Entry], ...] = (
    (_serves, Entry("queue", "workorders:queue", "inbox", _("工单"), _("工单"))),
    (_has_unit, Entry("district", "dispatch:district", "building-bank", _("区级兜底"), _("区级"))),
    (_has_post, Entry("new", "workorders:new", "plus", _("上报"), _("上报"))),
    (_has_post, Entry("duty", "dispatch:duty", "phone", _("24小时值班"), _("值班"))),
)


def rail(actor: Actor) -> list[Entry]:
    """The entries for ``actor``: those of the work, then the configuration, or its one section that is open."""
    entries = [entry for rule, entry in RULES if rule(actor)]
    sections = sections_for(actor)
    if len(sections) == 1:
        only = sections[0]
        entries.append(Entry("configuration", f"configuration:{only.name}", only.icon, only.title))
    elif sections:
        short = _("配置") if actor.officer else ""
        entries.append(Entry("configuration", "configuration:start", "settings", _("配置"), short))
    return entries
