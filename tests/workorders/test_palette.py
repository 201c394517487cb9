"""Every colour that text is set in stands out from every ground that it is set on (WCAG AA, 4.5 to 1)."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

Colour = tuple[float, float, float]
TONES = ("primary", "ok", "warn", "critical", "muted")


def tokens(theme: str) -> dict[str, str]:
    css = (settings.BASE_DIR / "static/core/tokens.css").read_text("utf-8")
    light, _, dark = css.partition('[data-theme="dark"]')
    found = dict(re.findall(r"--([\w-]+):\s*([^;]+);", light))
    return found | (dict(re.findall(r"--([\w-]+):\s*([^;]+);", dark)) if theme == "dark" else {})


def mixed(value: str, ground: Colour = (255, 255, 255)) -> Colour:
    """A colour as it is seen, a tint on its ground."""
    if value.startswith("#"):
        digits = value[1:] if len(value) == 7 else "".join(digit * 2 for digit in value[1:])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    red, green, blue, alpha = (float(each) for each in re.findall(r"[\d.]+", value))
    r, g, b = (one * alpha + other * (1 - alpha) for one, other in zip((red, green, blue), ground, strict=True))
    return r, g, b


def light_of(colour: Colour) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((light_of(one), light_of(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out(theme: str) -> None:
    colour = tokens(theme)
    panel = mixed(colour["panel"])
    for ground in ("bg", "panel", "hover", "selected"):
        for text in ("text", "text-2", "text-3", "primary", "tag-ok", "tag-warn", "tag-critical"):
            found = contrast(mixed(colour[text], panel), mixed(colour[ground], panel))
            assert found >= 4.5, (text, ground, round(found, 2))
    for tone in TONES:
        for ground in ("panel", "hover", "selected"):
            tint = mixed(colour[f"tint-{tone}"], mixed(colour[ground], panel))
            found = contrast(mixed(colour[f"tag-{tone}"]), tint)
            assert found >= 4.5, (tone, ground, round(found, 2))
    assert contrast(mixed(colour["on-primary"]), mixed(colour["primary"])) >= 4.5


def test_black_on_white_is_known() -> None:
    assert round(contrast((0, 0, 0), (255, 255, 255)), 1) == 21.0
    assert round(contrast(mixed("#767676"), (255, 255, 255)), 2) == 4.54
