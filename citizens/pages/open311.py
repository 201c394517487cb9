"""What the pages about programs show: the keys on the desk, the examples for who writes a program."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import ApiKey
from citizens.permissions import may_configure
from citizens.selectors.open311 import jurisdictions, public_services
from citizens.services.api_keys import is_over
from grids.selectors import may_approve
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState

SHOWN_ASKED, SHOWN_ENDED, DAYS, WEEK = 50, 20, 30, 7
# A point in Pukou; so many characters of a key and of a number stand for what the reader has.
LAT, LONG, KEY, NUMBER = "32.0550", "118.6050", "您的密钥", "工单编号"


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    command: str
    told: str = ""


def reads_keys(actor: Actor) -> bool:
    return may_configure(actor) or may_approve(actor)


def keys_board(actor: Actor) -> dict[str, Any]:
    """Every key by where it stands, with what it was used for; of new requests the oldest. Five or six statements."""
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    lately = Q(days__day__gt=today - dt.timedelta(days=DAYS))
    used = {
        "today": Coalesce(Sum("days__requests", filter=Q(days__day=today)), 0),
        "lately": Coalesce(Sum("days__requests", filter=lately), 0),
        "last": Max("days__minute"),
    }
    waiting = ApiKey.objects.filter(ended_at=None).order_by("pk").select_related("drafted_by")
    asked = waiting.filter(state__in=(DraftState.DRAFT, DraftState.REFUSED))
    in_force = ApiKey.objects.filter(state=DraftState.APPROVED, ended_at=None).annotate(**used)
    ended = ApiKey.objects.filter(Q(state=DraftState.WITHDRAWN) | Q(ended_at__isnull=False))
    return {
        "asked": asked.order_by("-state", "pk")[:SHOWN_ASKED],
        "asked_number": asked.count(),
        "submitted": waiting.filter(state=DraftState.SUBMITTED),
        "in_force": [(key, is_over(key, today)) for key in in_force],
        "ended": ended.order_by("-ended_at", "-pk")[:SHOWN_ENDED],
        "may_set_up": may_configure(actor),
        "may_decide": may_approve(actor),
        "me": actor.user_id,
    }


def standing_of(key: ApiKey) -> str:
    """In one word, for who asked for it."""
    if key.ended_at is not None:
        return "ended"
    if key.state == DraftState.WITHDRAWN:
        return "refused"
    if key.state != DraftState.APPROVED:
        return "waiting"
    if is_over(key):
        return "over"
    return "fetched" if key.digest else "ready"


def examples(base: str) -> list[Example]:
    """Commands that can be tried as they stand, but for the key and the number of the reader."""
    services = public_services()
    code = services[0][0].code if services else "0303"
    root = f"{base}/open311/v2"
    since = f"{clock.now() - dt.timedelta(days=WEEK):%Y-%m-%d}T00:00:00Z"
    return [
        Example(_("有哪些事项可以报"), f'curl "{root}/services.json"'),
        Example(_("某个事项的立案条件"), f'curl "{root}/services/{code}.json"'),
        Example(
            _("上报一件事"),
            f'curl -X POST "{root}/requests.json" \\\n'
            f'  -H "Idempotency-Key: my-report-1" \\\n'
            f'  --data-urlencode "api_key={KEY}" \\\n'
            f'  --data-urlencode "service_code={code}" \\\n'
            f'  --data-urlencode "lat={LAT}" \\\n'
            f'  --data-urlencode "long={LONG}" \\\n'
            f'  --data-urlencode "description=路边有一盏灯不亮"',
            _("网络断了可以照样再发：Idempotency-Key 相同，只会有一件，得到同一个编号。"),
        ),
        Example(_("查一件事办到哪一步"), f'curl "{root}/requests/{NUMBER}.json"'),
        Example(
            _("查最近有变化的事"),
            f'curl "{root}/requests.json?status=open&updated_after={since}&page=1&page_size=50"',
            _(
                "与上一次问的时间重叠几分钟，就不会漏掉。也可以用 start_date、end_date、service_code，"
                "或 lat、long、radius（米）。时间跨度最多 90 天。"
            ),
        ),
        Example(_("查状态的每一次变化"), f'curl "{root}/servicerequestupdates.json?start_date={since}"'),
        Example(
            _("给自己报的事补充一句"),
            f'curl -X POST "{root}/servicerequestupdates.json" \\\n'
            f'  --data-urlencode "api_key={KEY}" \\\n'
            f'  --data-urlencode "update_id=my-update-1" \\\n'
            f'  --data-urlencode "service_request_id={NUMBER}" \\\n'
            f'  --data-urlencode "description=旁边那盏也不亮了"',
            _("只能补充用同一个密钥上报的事；办到哪一步由办理单位决定。"),
        ),
    ]


def spoken(base: str) -> dict[str, Any]:
    """What a program must know to begin."""
    return {"root": f"{base}/open311/v2", "jurisdictions": list(jurisdictions()), "examples": examples(base)}
