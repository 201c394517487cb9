from __future__ import annotations

import uuid

from citizens.services import report_publicly
from grids.selectors.people import passer_by
from tests.workorders.conftest import HERE, Desk

FIGURES = {
    "page report": ("/citizen/report/", "citizen", 4),
    "page receipt": ("/citizen/receipt/{code}/", "citizen", 6),
    "page manifest": ("/citizen/site.webmanifest", "citizen", 0),
    "page worker": ("/citizen/sw.js", "citizen", 0),
    "page offline": ("/citizen/offline/", "citizen", 2),
    "api citizen-ground": ("/api/v1/citizen/ground/?level=street", "citizen", 4),
}


def prepare(desk: Desk) -> dict[str, str]:
    told = {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1], "category": "T01"}
    _receipt, code = report_publicly(by=passer_by(), client_key=uuid.uuid4(), told=told)
    return {"code": code}
