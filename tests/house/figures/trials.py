import datetime as dt

from dispatch.services.trials import start_trial
from lianqin.kernel import clock
from tests.workorders.conftest import Desk

FIGURES = {
    "page trials": ("/trials/", "district_dispatcher", 6),
    "page trial-new": ("/trials/new/", "district_dispatcher", 6),
    "page trial": ("/trials/{trial}/", "district_dispatcher", 5),
    "api trials": ("/api/v1/trials/", "district_dispatcher", 4),
    "api trial": ("/api/v1/trials/{trial}/", "district_dispatcher", 4),
}


def prepare(desk: Desk) -> dict[str, str]:
    month = clock.now().astimezone(dt.timezone(dt.timedelta(hours=8))).date().replace(day=1)
    trial = start_trial(
        name="缩短", since=month, until=month, shares={"accept": 80}, hours={}, draft_id=None,
        by=desk.cast.district_dispatcher,
    )  # fmt: skip
    return {"trial": str(trial.pk)}
