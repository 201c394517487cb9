"""Cameras: for the staff of the centres, on their own ground; addresses are made of the gateway's template."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from lianqin.kernel.actors import DISTRICT, STREET, Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..models import Camera, VideoGateway
from ..rules import NETLOC
from .elements import PLACE_PATHS

ORIGIN = re.compile(rf"(?P<origin>https://{NETLOC})/")
CENTRE_GRANTS = ("dispatch_orders", "supervise_orders", "command_orders")


def may_watch(actor: Actor) -> bool:
    """Staff of a command centre or sub-centre. Officers configure cameras and watch none."""
    return not actor.officer and any(actor.tokens(codename) for codename in CENTRE_GRANTS)


def may_see_cameras(actor: Actor) -> bool:
    return may_watch(actor) or actor.officer == "sysadmin"


def cameras_visible_to(actor: Actor) -> QuerySet[Camera]:
    """The cameras of the places whose centre one works at; all for the system administrator."""
    found = Camera.objects.select_related("gateway", "owner", "grid__community__street").order_by("code")
    found = found.defer("grid__boundary", "grid__community__boundary", "grid__community__street__boundary")
    if actor.officer == "sysadmin":
        return found
    if not may_watch(actor):
        return found.none()
    held = {each for codename in CENTRE_GRANTS for each in actor.tokens(codename)}
    keys = {letter: [int(each[2:]) for each in held if each[0] == letter] for letter in (DISTRICT, STREET)}
    if keys[DISTRICT]:
        # What stands in no grid is the district's.
        own = Q(grid__community__street__district_id__in=keys[DISTRICT]) | Q(grid=None)
        return found.filter(own | Q(grid__community__street_id__in=keys[STREET]))
    return found.filter(grid__community__street_id__in=keys[STREET])


def camera_seen_by(actor: Actor, code: str) -> Camera:
    """Raise NotAllowed, NotVisible."""
    if not may_see_cameras(actor):
        raise NotAllowed
    found = cameras_visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotVisible
    return found


def searched_cameras(found: QuerySet[Camera], *, q: str = "", state: str = "", place: str = "") -> QuerySet[Camera]:
    for word in q.lower().split():
        held = Q()
        for column in ("code", "name", "pinyin", "address"):
            held |= Q(**{f"{column}__icontains": word})
        found = found.filter(held)
    if state:
        found = found.filter(state=state)
    return found.filter(**{PLACE_PATHS.get(len(place), "grid__code"): place}) if place else found


def stream_address(camera: Camera) -> str:
    """Where the stream is; empty while the camera or its gateway is out of use."""
    if not (camera.active and camera.gateway.active):
        return ""
    return camera.gateway.template.replace("{device}", camera.device).replace("{channel}", camera.channel)


def stream_origin(camera: Camera) -> str:
    """The one host that the page of this camera may speak to; empty for streams of our own.

    It becomes part of a header: whatever is more than a name and a port is no host, however it came into the table.
    """
    found = ORIGIN.match(stream_address(camera))
    return found["origin"] if found else ""


def gateways() -> QuerySet[VideoGateway]:
    return VideoGateway.objects.all()
