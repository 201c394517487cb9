"""Working hours as people write them."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from lianqin.kernel.errors import Invalid

HOURS = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")


def read_hours(text: str, field: str) -> list[list[str]]:
    """Read 09:00-12:00 13:30-17:30 in any common spelling. Raise Invalid, naming the field."""
    plain = text.replace("：", ":").replace("－", "-").replace("—", "-").replace("~", "-").replace("至", "-")
    found = []
    for part in re.split(r"[\s,，;；、]+", plain.strip()):
        if not part:
            continue
        match = HOURS.match(part)
        if match is None:
            raise Invalid(fields={field: [_("“%(part)s”不是时段，请写成09:00-12:00 13:30-17:30") % {"part": part}]})
        numbers = [int(each) for each in match.groups()]
        if numbers[0] > 24 or numbers[2] > 24 or numbers[1] > 59 or numbers[3] > 59:
            raise Invalid(fields={field: [_("“%(part)s”超出一天") % {"part": part}]})
        found.append([f"{numbers[0]:02d}:{numbers[1]:02d}", f"{numbers[2]:02d}:{numbers[3]:02d}"])
    return found
