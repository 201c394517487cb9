"""What every test may use.

Database and cast: ``db`` / ``transactional_db`` of pytest-django, ``cast`` and ``small_ground`` of tests/cast.py.
Real processes (tests/live.py); each test that asks gets a database of its own, on which its ORM works as well:
    ``platform``        a fresh copy of the test database and a Redis number; commits are seen by the processes
    ``platform.start("web" | "worker" | "beat" | "relay" | "timers")`` a real process on it, stopped after the test
    ``live_address``    "http://127.0.0.1:PORT" of lianqin.asgi on that copy, answering
    ``browser``         Chromium (tests/chromium.py): ``browser.page(sign_in="name")`` in zh-CN and Asia/Shanghai; any
                        console error, page error or request to another host fails the test
Run them with bin/test, which starts PostgreSQL and Valkey; ``DATABASE_URL`` and ``REDIS_URL`` must be set otherwise.
"""

from __future__ import annotations

import os

import pytest
import pytest_django.fixtures
from django.conf import settings

from tests import template

pytest_plugins = ["tests.cast", "tests.live", "tests.chromium"]
LONGEST = ("dataset", "fire", "axe", "standby", "partitions", "matrix", "seed", "escalation", "setup_from_files")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes are called by their place: packed ones hold the second in which they were made, other in each process."""
    return argname if isinstance(val, bytes) else None


def pytest_configure(config: pytest.Config) -> None:
    """Give every xdist process its own keys, and passwords that cost nothing to hash."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    settings.CACHES["default"]["KEY_PREFIX"] = f"test-{worker}"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # It makes databases for its own fixtures only; with none of them, the tests of a platform would copy the real one.
    pytest_django.fixtures._get_databases_for_setup = lambda items: ({"default"}, set())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the modules that start processes first, those that last longest before all: no core idles at the end."""
    started = {item.path for item in items if any(map(item.get_closest_marker, ("browser", "service")))}
    items.sort(key=lambda item: (item.path.stem.removeprefix("test_") not in LONGEST, item.path not in started))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the truth about a build machine that skipped what it is there for."""
    if os.environ.get("CI") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CI is set: skipped tests count as failures", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Copy the test database instead of running every migration in every process."""
    template.prepare()
