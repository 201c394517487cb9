"""Beat calls tasks that exist, and no tick outlives its use."""

from __future__ import annotations

import pytest
from django.conf import settings

from lianqin.celery import app


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_a_tick_calls_a_task_and_expires(name: str) -> None:
    app.loader.import_default_modules()
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert entry["task"] in app.tasks
    assert 0 < entry["options"]["expires"] <= 2 * entry["schedule"]
