"""Small generated pictures: a scene of plain shapes, so that nobody takes it for a photograph."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

SIZE = (480, 360)
GROUND = 230
BEFORE, AFTER = "before", "after"
HOUSES = ((196, 202, 210), (180, 190, 200), (206, 198, 186), (188, 196, 188))
LITTER = ((150, 90, 60), (90, 110, 70), (120, 120, 130), (170, 140, 60))


def picture(dice: random.Random, *, moment: str = BEFORE) -> bytes:
    """A JPEG of a street; the matter lies on it before, and does not after."""
    image = Image.new("RGB", SIZE, (222, 232, 240))
    draw = ImageDraw.Draw(image)
    left = 0
    while left < SIZE[0]:
        wide, high = dice.randint(50, 110), dice.randint(60, 170)
        draw.rectangle((left, GROUND - high, left + wide - 6, GROUND), fill=dice.choice(HOUSES))
        for x in range(left + 10, left + wide - 18, 22):
            for y in range(GROUND - high + 12, GROUND - 20, 28):
                draw.rectangle((x, y, x + 9, y + 13), fill=(236, 240, 244))
        left += wide
    draw.rectangle((0, GROUND, *SIZE), fill=(150, 154, 158))
    draw.rectangle((0, GROUND, SIZE[0], GROUND + 26), fill=(178, 176, 170))
    if moment == BEFORE:
        _litter(draw, dice)
    draw.rectangle((0, SIZE[1] - 18, SIZE[0], SIZE[1]), fill=(30, 36, 46))
    draw.text((8, SIZE[1] - 15), f"DEMO {moment} {dice.randint(1000, 9999)}", fill=(230, 236, 244))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def _litter(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    middle = dice.randint(120, SIZE[0] - 120)
    for _ in range(dice.randint(9, 18)):
        x, y, size = middle + dice.randint(-60, 60), GROUND + dice.randint(10, 60), dice.randint(8, 22)
        draw.ellipse((x, y, x + size, y + size * 0.7), fill=dice.choice(LITTER))
