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
dispatch:filters | street_dispatcher
dispatch:duty | street_dispatcher
dispatch:roster | street_dispatcher
dispatch:roster-hours | street_dispatcher
dispatch:handovers | street_dispatcher
dispatch:whistles | street_dispatcher
dispatch:whistle-new | street_dispatcher
dispatch:notices | street_dispatcher
dispatch:notice-settings | street_dispatcher
accounts:account | street_dispatcher
dispatch:district | commander
dispatch:wall | commander
dispatch:map | commander
dispatch:supervision | commander
dispatch:announcements | commander
dispatch:announcement-new | commander
dispatch:suggestions | commander
dispatch:trials | commander
dispatch:trial-new | commander
dispatch:messages | sysadmin
configuration:basemaps | sysadmin
desk:callbacks | street_dispatcher
desk:spot-checks | street_dispatcher
desk:publish | street_dispatcher
desk:privacy-notices | commander
citizens:report | street_dispatcher
citizens:track | street_dispatcher
citizens:me | street_dispatcher
citizens:privacy | street_dispatcher
desk:platforms | sysadmin
desk:moderation | commander
desk:moderation-words | commander
desk:moderation-blocks | commander
desk:points-rules | commander
desk:shop-desk | commander
desk:shop-reward-new | commander
desk:vouchers | commander
desk:tips-desk | commander
configuration:training | secadmin
configuration:staffing | secadmin
configuration:channels | sysadmin
configuration:message-templates | sysadmin
"""
LINES = [tuple(part.strip() for part in line.split("|")) for line in PAGES.strip().splitlines()]
# By night the same words stand in the same places; only their colours change.
COLOURS = ["color-contrast"]


def test_nothing_serious_on_any_page(office: Office, browser: Browsers) -> None:
    order = office.registered()
    office.report(title="楼道堆物")
    order_page = reverse("workorders:order", args=[order.number])
    asked = [(order_page, "street_dispatcher"), *((reverse(name), who) for name, who in LINES)]
    windows = {who: browser.page(sign_in=who) for who in dict.fromkeys(who for _address, who in asked)}
    found = []
    for address, who in asked:
        page = windows[who]
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        found += [axe.told(each, f"{address} light") for each in axe.violations(page)]
        axe.dark(page)
        found += [axe.told(each, f"{address} dark") for each in axe.violations(page, runOnly=COLOURS)]
    assert found == [], "\n".join(found)
