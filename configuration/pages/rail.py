"""The main navigation: what stands in the rail, and on a phone in the bar below, for who looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from configuration.pages.sections import sections_for
from dispatch.permissions import may_try_out
from insight.permissions import places_of
from lianqin.kernel.actors import Actor

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """``nav`` is what a page calls itself; ``title`` has at most four characters, so that it stands under its icon."""

    nav: str
    url_name: str
    icon: str
    title: Text
    on_phone: bool = True


def _serves(actor: Actor) -> bool:
    return not actor.officer


def _has_post(actor: Actor) -> bool:
    return bool(actor.posts)


def _has_unit(actor: Actor) -> bool:
    return bool(actor.unit_ids)


def _serves_citizens(actor: Actor) -> bool:
    """Whoever checks, dispatches or commands, a workstation, and the system administrator, who enters platforms."""
    codenames = ("check_orders", "dispatch_orders", "supervise_orders", "command_orders", "claim_orders")
    return actor.officer == "sysadmin" or any(actor.tokens(codename) for codename in codenames)


def _sees_a_place(actor: Actor) -> bool:
    return bool(places_of(actor))


# The bar of a phone has room for five: the bell and, for who configures, the configuration are among them.
RULES: tuple[tuple[Callable[[Actor], bool], Entry], ...] = (
    (_serves, Entry("queue", "workorders:queue", "inbox", _("工单"))),
    (_has_unit, Entry("district", "dispatch:district", "building-bank", _("区级"))),
    (_has_post, Entry("map", "dispatch:map", "map-2", _("地图"), on_phone=False)),
    (_sees_a_place, Entry("wall", "dispatch:wall", "device-desktop-analytics", _("大屏"), on_phone=False)),
    (_has_post, Entry("new", "workorders:new", "plus", _("上报"))),
    (_has_post, Entry("duty", "dispatch:duty", "phone", _("值班"))),
    (_has_post, Entry("whistles", "dispatch:whistles", "run", _("吹哨"))),
    (_has_unit, Entry("supervision", "dispatch:supervision", "alert-octagon", _("督办"), on_phone=False)),
    (_has_post, Entry("announcements", "dispatch:announcements", "speakerphone", _("公告"), on_phone=False)),
    (_serves_citizens, Entry("desk", "desk:desk", "mood-smile", _("群众"), on_phone=False)),
    (may_try_out, Entry("trials", "dispatch:trials", "git-branch", _("推演"), on_phone=False)),
)


def rail(actor: Actor) -> list[Entry]:
    """The entries for ``actor``: those of the work, then the configuration, or its one section that is open."""
    entries = [entry for rule, entry in RULES if rule(actor)]
    sections = sections_for(actor)
    if len(sections) == 1:
        only = sections[0]
        entries.append(Entry("configuration", f"configuration:{only.name}", only.icon, only.title, on_phone=False))
    elif sections:
        on_phone = bool(actor.officer)
        entries.append(Entry("configuration", "configuration:start", "settings", _("配置"), on_phone))
    return entries
