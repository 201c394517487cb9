"""Every page as axe-core reads it, light and dark: nothing serious or critical."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import axe
from tests.browser.conftest import Office
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
# name of the address | who looks. A part that lands adds its line here.
PAGES = """
workorders:queue | street_dispatcher
workorders:new | street_dispatcher
dispatch:district | district_dispatcher
dispatch:duty | street_dispatcher
dispatch:notices | street_dispatcher
dispatch:notice-settings | street_dispatcher
dispatch:messages | sysadmin
configuration:channels | sysadmin
configuration:message-templates | sysadmin
accounts:account | street_dispatcher
"""
LINES = [tuple(part.strip() for part in line.split("|")) for line in PAGES.strip().splitlines()]


def test_nothing_serious_on_any_page(office: Office, browser: Browsers) -> None:
    order = office.registered()
    office.report(title="楼道堆物")
    windows = {who: browser.page(sign_in=who) for _name, who in LINES}
    asked = [(reverse(name), who) for name, who in LINES]
    asked.append((reverse("workorders:order", args=[order.number]), "street_dispatcher"))
    found = []
    for address, who in asked:
        page = windows[who]
        page.goto(address)
        found += [axe.told(each, f"{address} light") for each in axe.violations(page)]
        axe.dark(page)
        found += [axe.told(each, f"{address} dark") for each in axe.violations(page)]
    assert found == [], "\n".join(found)
