"""Standings, patrol evenings, remarks of observers, matters of a community."""

from __future__ import annotations

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from citizens.models import Remark
from citizens.services.deliberation import raise_matter
from citizens.services.observers import make_remark
from citizens.services.volunteers import sign_up
from tests.citizens.community import evening, is_a, team
from tests.workorders.conftest import Desk

FIGURES = {
    "page community": ("/citizen/community/", "citizen", 4),
    "page volunteer": ("/citizen/volunteer/", "citizen", 8),
    "page volunteer-shift": ("/citizen/volunteer/{evening}/", "citizen", 5),
    "page remarks": ("/citizen/remarks/", "citizen", 5),
    "page remark-picture": ("/citizen/remarks/{remark}/picture/", "citizen", 3),
    "page matters": ("/citizen/matters/", "citizen", 7),
    "page matter-new": ("/citizen/matters/new/", "citizen", 3),
    "page matter": ("/citizen/matters/{matter}/", "citizen", 14),
    "page standings": ("/citizen-desk/community/", "community_officer", 7),
    "page patrol-teams": ("/citizen-desk/volunteers/", "community_officer", 5),
    "page patrol-calendar": ("/citizen-desk/volunteers/calendar/", "community_officer", 5),
    "page patrol-team": ("/citizen-desk/volunteers/{team}/", "community_officer", 9),
    "page remarks-desk": ("/citizen-desk/remarks/", "community_officer", 7),
    "page matters-desk": ("/citizen-desk/matters/", "community_officer", 5),
    "page matter-desk": ("/citizen-desk/matters/{matter}/", "community_officer", 13),
}


def prepare(desk: Desk) -> dict[str, str]:
    for role in ("resident", "volunteer", "observer"):
        is_a(desk, "citizen", role)
    of = team(desk)
    one = evening(desk, of)
    sign_up(shift_id=one.pk, by=desk.cast.citizen)
    told = {"community_id": desk.ground.community.pk, "words": "灯坏了", "place": "东门"}
    remark = make_remark(by=desk.cast.citizen, client_key=uuid.uuid4(), **told)
    Remark.objects.update(picture=default_storage.save("remarks/figure.jpg", ContentFile(b"\xff\xd8\xff")))
    matter = raise_matter(by=desk.cast.citizen, title="装扶手", words="楼道装扶手")
    return {"evening": str(one.pk), "team": str(of.pk), "remark": str(remark.pk), "matter": str(matter.pk)}
