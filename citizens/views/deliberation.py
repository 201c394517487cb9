"""Matters of a community, for everybody to read and its residents to take part in."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from citizens.models import Choice
from citizens.pages.following import questions
from citizens.selectors.abuse import hidden_of
from citizens.selectors.community import all_communities, home_of
from citizens.selectors.deliberation import MATTER, Life, life_of, public_matters
from citizens.services import ballots, deliberation
from citizens.states import ENDED, actions_from
from citizens.views.community import CommunityPage
from citizens.views.guard import limited
from lianqin.kernel import clock
from lianqin.kernel.errors import NotVisible
from lianqin.kernel.numbers import whole

PAGE = 20


class MattersView(CommunityPage):
    template_name = "citizens/community/matters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.citizen()
        home = home_of(me.pk) if me else None
        chosen = self.request.GET.get("community", str(home.community_id) if home else "")
        rows = public_matters()
        if (community := whole(chosen)) is not None:
            rows = rows.filter(community=community)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        hidden = hidden_of(MATTER, [each.pk for each in page])
        told = {
            "me": me, "home": home, "page": page, "chosen": chosen, "communities": all_communities(),
            "rows": [(each, each.pk in hidden) for each in page], "ended": ENDED,
        }  # fmt: skip
        return super().get_context_data(**told, **kwargs)


@method_decorator(limited("upload"), name="dispatch")
class MatterNewView(CommunityPage):
    template_name = "citizens/community/matter_new.html"
    made: int | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.citizen()
        return super().get_context_data(me=me, home=home_of(me.pk) if me else None, **kwargs)

    def do(self, deed: str, **kwargs: Any) -> str:
        form = self.request.POST
        title, words = form.get("title", ""), form.get("words", "")
        self.made = deliberation.raise_matter(by=self.actor(), title=title, words=words).pk
        return _("已经提出，请邻居们来附议")

    def after(self, **kwargs: Any) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("citizens:matter", args=[self.made]))


@method_decorator(limited("upload"), name="dispatch")
class MatterView(CommunityPage):
    """One matter from beginning to end; on paper as well."""

    template_name = "citizens/community/matter.html"
    done = "citizens:matter"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me, life = self.citizen(), life_of(kwargs["pk"])
        if life.hidden and (me is None or life.matter.author_id != me.pk):
            raise NotVisible
        home = home_of(me.pk) if me else None
        is_resident = home is not None and home.community_id == life.matter.community_id
        told: dict[str, Any] = {
            "me": me, "life": life, "matter": life.matter, "now": clock.now(), "is_resident": is_resident,
            "may": actions_from(life.matter.state), "questions": questions(None), "adult": home and home.adult,
            "mine": bool(me and life.matter.author_id == me.pk), "results": results_of(life),
        }  # fmt: skip
        if me is not None:
            told["backed"] = life.matter.supports.filter(user=me).exists()
            told["reviewed"] = life.matter.reviews.filter(user=me).exists()
            told["voted"] = life.ballot is not None and life.ballot.turnout.filter(user=me).exists()
        return super().get_context_data(**told, **kwargs)

    def do(self, deed: str, **kwargs: Any) -> str:
        by, form, pk = self.actor(), self.request.POST, kwargs["pk"]
        if deed == "support":
            deliberation.support(matter_id=pk, by=by)
            return _("已附议")
        if deed == "opine":
            deliberation.opine(matter_id=pk, by=by, words=form.get("words", ""))
            return _("您的意见已经写上；含有不宜公开的词时，会先由工作人员看一看")
        if deed == "vote":
            choice, _dash, number = form.get("choice", "").partition("-")
            slip = ballots.vote(matter_id=pk, by=by, choice=choice, number=whole(number) or 0)
            said = _("已投票。您的选票编号：%(slip)s。截止后公布全部编号，您可以核对。")
            if slip.user_id is None:
                said += _("平台不记录编号是谁的。")
            return said % {"slip": slip.pk}
        if deed == "review":
            grades = {name: whole(form.get(name), 1) or 0 for name in ("solved", "satisfied", "attitude")}
            deliberation.review(matter_id=pk, by=by, grades=grades)
            return _("谢谢您的评价")
        deliberation.take_step(matter_id=pk, action="withdraw", by=by)
        return _("已撤回")


def results_of(life: Life) -> list[dict[str, Any]]:
    """Every ballot that was counted: its lines, its slips, and whether counting again agrees."""
    found = []
    for ballot in life.ballots:
        if ballot.counted_at is None:
            continue
        lines = [
            (str(each), ballot.counts.get(str(each.number), 0)) for each in life.proposals if each.round == ballot.round
        ]
        lines += [(str(each.label), ballot.counts.get(each.value, 0)) for each in (Choice.AGAINST, Choice.ABSTAIN)]
        slips = ballot.slips.select_related("proposal", "user").order_by("pk")
        found.append({"ballot": ballot, "lines": lines, "slips": slips, "faults": ballots.faults_of(ballot)})
    return found
