"""The reader of a demonstration, which has learned from made-up reports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from citizens.models import ReadingState, TextModel
from citizens.seeding.reading import teach_reader
from citizens.services.reading import forget_readers, suggest
from grids.selectors import actor_for
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    forget_readers()
    yield
    forget_readers()


def test_it_reads_what_visitors_type_and_is_taught_once(cast: Cast) -> None:
    call_command("seed_catalogue", verbosity=0)
    first, second = (actor_for(cast.user(name)) for name in ("commander", "sysadmin"))
    assert teach_reader(first=first, second=second) == 1
    assert teach_reader(first=first, second=second) == 1
    model = TextModel.objects.get()
    assert (model.state, model.trained_on["made_up"]) == (ReadingState.ACTIVE, True)
    assert model.proposed_by_id != model.approved_by_id
    strange = ("人行道地砖破了一个大坑，老人容易绊倒", "自来水发黄", "小区门口有人打架")
    read = {words: suggest(words) for words in ("小区门口的路灯坏了三天了", "工地半夜施工噪音", "嗯", *strange)}
    assert {words: found and found.name for words, found in read.items()} == {
        "小区门口的路灯坏了三天了": "路灯不亮",
        "工地半夜施工噪音": "工地夜间施工噪声",
        "嗯": None,
        **dict.fromkeys(strange),
    }
