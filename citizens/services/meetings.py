"""Meetings of a deliberation: called, written down, signed; and the proposals that come of them."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from citizens.models import Meeting, MinutesRevision, MinutesSignature, Proposal
from citizens.selectors.community import person
from citizens.services.steps import begin, end, last_minutes
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid

LONGEST_MINUTES, LONGEST_WHY, LONGEST_PROPOSAL, MOST_PROPOSALS = 5000, 200, 300, 9
FARTHEST = dt.timedelta(days=90)


@transaction.atomic
def call_meeting(*, matter_id: int, by: Actor, starts_at: dt.datetime | None, place: str) -> Meeting:
    """Call this round's meeting; whoever calls it chairs it. Raises what the door does, and Invalid."""
    move, place = begin(matter_id, "call_meeting", by), place.strip()
    faults: dict[str, list[str]] = {}
    if starts_at is None or not move.now <= starts_at <= move.now + FARTHEST:
        faults["starts_at"] = [_("请选择今后 90 天之内的时间")]
    if not 0 < len(place) <= 100:
        faults["place"] = [_("请写在哪里开会，不超过 100 字")]
    if faults or starts_at is None:
        raise Invalid(fields=faults)
    made = Meeting.objects.create(
        matter=move.matter, round=move.matter.round, starts_at=starts_at, place=place, chair_id=person(by)
    )
    end(move, facts={"starts_at": starts_at.isoformat(), "place": place})
    return made


@transaction.atomic
def propose(*, matter_id: int, by: Actor, words: str) -> Proposal:
    """Add one to what will be put to the vote."""
    move = begin(matter_id, "propose", by, words)
    if len(move.words) > LONGEST_PROPOSAL:
        raise Invalid(fields={"words": [_("最多 %(most)d 个字") % {"most": LONGEST_PROPOSAL}]})
    number = move.matter.proposals.filter(round=move.matter.round).count() + 1
    if number > MOST_PROPOSALS:
        raise Conflict(_("最多 9 个方案"))
    made = Proposal.objects.create(matter=move.matter, round=move.matter.round, number=number, text=move.words)
    end(move, facts={"number": number})
    return made


@transaction.atomic
def write_minutes(*, matter_id: int, by: Actor, text: str, why: str = "") -> MinutesRevision:
    """Write the first minutes, or a revision that says why; earlier ones stay and are shown."""
    text, why = text.replace("\r\n", "\n").strip(), why.strip()
    move = begin(matter_id, "write_minutes", by, why or _("会议纪要"))
    meeting = move.matter.meetings.get(round=move.matter.round)
    number = (meeting.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    faults: dict[str, list[str]] = {}
    if not 10 <= len(text) <= LONGEST_MINUTES:
        faults["text"] = [_("纪要应为 10 到 5000 字")]
    if number > 1 and not 0 < len(why) <= LONGEST_WHY:
        faults["why"] = [_("请写明为什么修改，不超过 200 字")]
    if faults:
        raise Invalid(fields=faults)
    digest = hashlib.sha256(text.encode()).hexdigest()
    made = MinutesRevision.objects.create(
        meeting=meeting, number=number, text=text, why=why if number > 1 else "", digest=digest,
        written_by_id=person(by), written_at=move.now,
    )  # fmt: skip
    end(move, facts={"number": number, "sha256": digest})
    return made


@transaction.atomic
def sign_minutes(*, matter_id: int, by: Actor, seen: int) -> MinutesSignature:
    """Sign the latest revision, whose number the chair must have ``seen``. Raises what the door does, and Conflict."""
    move = begin(matter_id, "sign_minutes", by)
    last = last_minutes(move.matter)
    if last.number != seen:
        raise Conflict(_("纪要刚被修改，请看过最新一版再签"))
    made = MinutesSignature.objects.create(revision=last, by_id=person(by), at=move.now)
    end(move, facts={"number": last.number, "sha256": last.digest})
    return made
