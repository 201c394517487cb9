from dispatch.models import Announcement
from dispatch.services.announcements import publish_announcement, save_announcement
from tests.workorders.conftest import Desk

FIGURES = {
    "page announcements": ("/announcements/", "handler", 6),
    "page announcement": ("/announcements/{announcement}/", "handler", 7),
    "page announcement-new": ("/announcements/new/", "district_dispatcher", 6),
    "page announcement-edit": ("/announcements/{draft}/edit/", "district_dispatcher", 10),
    "page announcement-readers": ("/announcements/{announcement}/readers/", "district_dispatcher", 8),
    "api announcements": ("/api/v1/announcements/", "handler", 4),
    "api announcement": ("/api/v1/announcements/{announcement}/", "handler", 4),
    "api announcement-receipts": ("/api/v1/announcements/{announcement}/readers/", "district_dispatcher", 8),
}


def prepare(desk: Desk) -> dict[str, str]:
    return {"announcement": str(_written(desk, publish=True).pk), "draft": str(_written(desk, publish=False).pk)}


def _written(desk: Desk, *, publish: bool) -> Announcement:
    told = {"title": "值守", "body": "请到岗", "roles": [], "must_read": False, "read_by": None, "expires_at": None}
    row = save_announcement(pk=None, data=told, by=desk.cast.district_dispatcher)
    return publish_announcement(pk=row.pk, by=desk.cast.district_dispatcher) if publish else row
