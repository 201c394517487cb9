"""Views of the queue under names: everybody's own, shared with the unit or not."""

from __future__ import annotations

import pytest
from django.test import Client

from dispatch import services
from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import SavedFilter
from dispatch.rules.filters import has_conditions, tidy
from dispatch.selectors import filters_of
from lianqin.kernel.errors import Invalid
from tests.cast import Cast
from tests.workorders.api import Door

pytestmark = pytest.mark.django_db
API = "/api/v1/saved-filters/"


def names(cast: Cast, who: str) -> list[str]:
    return [row.name for row in filters_of(getattr(cast, who))]


def test_only_known_parameters_are_kept_and_in_one_sequence() -> None:
    assert tidy("?sort=newest&tab=reported&next=//evil&q=油烟&tab=") == "tab=reported&q=%E6%B2%B9%E7%83%9F&sort=newest"
    assert tidy("sort=newest&tab=reported") == "tab=reported&sort=newest"
    assert tidy("page=3") == ""
    assert has_conditions("tab=reported&sort=newest")
    assert not has_conditions("tab=reported")


def test_what_is_shared_is_seen_by_the_own_unit_only(cast: Cast) -> None:
    services.save_filter(name="快超时", query="tab=reported&sort=overdue", shared=True, by=cast.street_dispatcher)
    services.save_filter(name="只给自己", query="q=油烟", by=cast.street_dispatcher)
    services.save_filter(name="我的", query="q=噪声", by=cast.street_dispatcher2)
    assert names(cast, "street_dispatcher") == ["快超时", "只给自己"]
    assert names(cast, "street_dispatcher2") == ["我的", "快超时"]
    assert names(cast, "other_street_dispatcher") == []


def test_nobody_changes_or_removes_another_ones(cast: Cast) -> None:
    kept = services.save_filter(name="快超时", query="sort=overdue", shared=True, by=cast.street_dispatcher)
    for act in (
        lambda: services.change_filter(filter_id=kept.pk, name="改名", by=cast.street_dispatcher2),
        lambda: services.remove_filter(filter_id=kept.pk, by=cast.street_dispatcher2),
        lambda: services.arrange_filters(filter_ids=[kept.pk], by=cast.street_dispatcher2),
    ):
        with pytest.raises(NotVisible):
            act()
    assert SavedFilter.objects.get().name == "快超时"


def test_a_name_once_twenty_at_most_and_never_nothing(cast: Cast) -> None:
    by = cast.street_dispatcher
    services.save_filter(name="一", query="q=1", by=by)
    for name, query in (("一", "q=2"), ("", "q=2"), ("字" * 17, "q=2"), ("二", "page=2")):
        with pytest.raises(Invalid):
            services.save_filter(name=name, query=query, by=by)
    for number in range(19):
        services.save_filter(name=f"第{number}", query="q=1", by=by)
    with pytest.raises(Invalid, match=""):
        services.save_filter(name="多", query="q=1", by=by)
    assert SavedFilter.objects.count() == 20
    with pytest.raises(NotAllowed):
        services.save_filter(name="居民", query="q=1", by=cast.citizen)


def test_through_the_api(cast: Cast) -> None:
    client = Door(cast).street_dispatcher
    first, second = (
        client.post(API, {"name": name, "query": "q=油烟"}, format="json").json()["id"] for name in ("甲", "乙")
    )
    assert client.post(f"{API}arrange/", {"filters": [second, first]}, format="json").status_code == 200
    assert [each["name"] for each in client.get(API).json()] == ["乙", "甲"]
    changed = client.patch(f"{API}{first}/", {"name": "丙", "shared": True}, format="json").json()
    assert (changed["name"], changed["shared"], changed["own"]) == ("丙", True, True)
    assert client.delete(f"{API}{second}/").status_code == 204
    assert [each["name"] for each in client.get(API).json()] == ["丙"]


def test_on_the_page(cast: Cast) -> None:
    services.save_filter(name="夜间油烟", query="tab=reported&q=油烟", by=cast.street_dispatcher)
    client = Client()
    client.force_login(cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    text = client.get("/orders/").content.decode()
    assert "夜间油烟" in text
    assert "存为常用" not in text
    assert "存为常用" in client.get("/orders/?q=噪声").content.decode()
    assert "存为常用" not in client.get("/orders/?q=油烟&tab=reported").content.decode()
    assert "夜间油烟" in client.get("/orders/filters/").content.decode()
    citizen = Client()
    citizen.force_login(cast.user("citizen"), backend="django.contrib.auth.backends.ModelBackend")
    assert citizen.get("/orders/filters/")["Location"] == "/citizen/me/"
