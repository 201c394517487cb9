"""``manage.py seed_points``: rules, a shop, points and tips, for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from citizens.seeding.points import give_some, open_shop, tell_tips
from grids.models import Membership
from grids.selectors import actor_for


class Command(BaseCommand):
    help = "Put rules of thanks in force, fill the shop, give points and send tips. For demonstrations only."

    def handle(self, *args: Any, **options: Any) -> None:
        second = actor_for(User.objects.get(username="commander"))
        posts = Membership.objects.filter(role="supervisor", unit__level="district", user__is_active=True)
        post = posts.order_by("pk").select_related("user").first()
        if post is None:
            self.stdout.write("no supervisor of the district, nothing was made")
            return
        drafter = actor_for(post.user)
        things, given = open_shop(drafter=drafter, second=second), give_some()
        tips = tell_tips(officer=drafter, second=second)
        self.stdout.write(f"{things} rewards, points for {given} citizens, {tips} tips")
