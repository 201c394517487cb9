"""Pages of workstations: what residents raised, and each next step of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.rules.community import SHANGHAI
from citizens.selectors.deliberation import life_of, matters_run_by
from citizens.services import ballots, deliberation, meetings
from citizens.states import ENDED, MatterState, actions_from
from citizens.views.community_desk import CommunityDesk, date_of
from citizens.views.deliberation import results_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible
from lianqin.kernel.numbers import whole

PAGE = 30
STEP_WORDS = {
    "decline": gettext_lazy("已答复提事人"),
    "accept": gettext_lazy("已列入议事"),
    "progress": gettext_lazy("进展已公开"),
    "close": gettext_lazy("已办结"),
}


class MattersDeskView(CommunityDesk):
    template = "matters"

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        state, rows = self.request.GET.get("state", ""), matters_run_by(actor)
        rows = rows.filter(state=state) if state in MatterState.values else rows.exclude(state__in=ENDED)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        return {"page": page, "states": MatterState.choices, "state": state}


class MatterDeskView(CommunityDesk):
    """One matter: what is next, and everything before."""

    template = "matter"

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        if not matters_run_by(actor).filter(pk=kwargs["pk"]).exists():
            raise NotVisible
        life = life_of(kwargs["pk"])
        meeting = life.meeting
        revisions = sorted(meeting.revisions.all(), key=lambda each: -each.number) if meeting else []
        return {
            "life": life, "matter": life.matter, "may": actions_from(life.matter.state), "now": clock.now(),
            "results": results_of(life), "meeting": meeting, "revisions": revisions, "me_id": actor.user_id,
            "last": revisions[0] if revisions else None,
        }  # fmt: skip

    def do(self, deed: str, actor: Actor, **kwargs: Any) -> str:
        form, pk = self.request.POST, kwargs["pk"]
        if not matters_run_by(actor).filter(pk=pk).exists():
            raise NotVisible
        if deed in STEP_WORDS:
            deliberation.take_step(matter_id=pk, action=deed, by=actor, words=form.get("words", ""))
            return str(STEP_WORDS[deed])
        deeds = {
            "call_meeting": self._meet, "propose": self._propose, "write_minutes": self._write,
            "sign_minutes": self._sign, "open_ballot": self._open, "discuss_again": self._again,
            "decide": self._decide, "finish": self._finish,
        }  # fmt: skip
        if deed not in deeds:
            raise NotVisible
        return deeds[deed](pk, actor, form)

    def _meet(self, pk: int, by: Actor, form: Any) -> str:
        starts = moment_of(form.get("day", ""), form.get("at", ""))
        meetings.call_meeting(matter_id=pk, by=by, starts_at=starts, place=form.get("place", ""))
        return _("议事会已公布，由您主持")

    def _propose(self, pk: int, by: Actor, form: Any) -> str:
        meetings.propose(matter_id=pk, by=by, words=form.get("words", ""))
        return _("方案已写上")

    def _write(self, pk: int, by: Actor, form: Any) -> str:
        meetings.write_minutes(matter_id=pk, by=by, text=form.get("text", ""), why=form.get("why", ""))
        return _("纪要已保存为新的一版，请主持人签字")

    def _sign(self, pk: int, by: Actor, form: Any) -> str:
        meetings.sign_minutes(matter_id=pk, by=by, seen=whole(form.get("seen"), 5) or 0)
        return _("已签字")

    def _open(self, pk: int, by: Actor, form: Any) -> str:
        ballots.open_ballot(
            matter_id=pk, by=by, secret=form.get("secret") == "on", quorum=whole(form.get("quorum"), 5) or 0,
            closes_at=moment_of(form.get("day", ""), form.get("at", "")),
        )  # fmt: skip
        return _("表决已开始，到时间自动截止")

    def _again(self, pk: int, by: Actor, form: Any) -> str:
        deliberation.discuss_again(matter_id=pk, by=by, words=form.get("words", ""))
        return _("已回到议事，开始新的一轮")

    def _decide(self, pk: int, by: Actor, form: Any) -> str:
        due = date_of(form.get("due_on", ""))
        deliberation.decide(matter_id=pk, by=by, owner=form.get("owner", ""), due_on=due)
        return _("已定下责任人和期限")

    def _finish(self, pk: int, by: Actor, form: Any) -> str:
        deliberation.finish(matter_id=pk, by=by, words=form.get("words", ""))
        return _("已办成，请居民评事")


def moment_of(day: str, at: str) -> dt.datetime | None:
    """A day and an hour in Shanghai; None if they are none."""
    try:
        return dt.datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
