"""A small street camera made of nothing, for demos and tests: a live HLS stream without an encoder.

H.264 may carry blocks of raw pixels (I_PCM) and say of all others that they are as before (P_Skip). That needs no
compression, only care with bits: a few lines draw a street with Pillow and write it as fragmented MP4.
"""

from __future__ import annotations

import re
import struct
from functools import cache

from PIL import Image, ImageDraw

WIDTH, HEIGHT, BLOCK = 320, 176, 16
ACROSS, DOWN = WIDTH // BLOCK, HEIGHT // BLOCK
FRAMES, SCALE, TICK = 8, 1000, 250
SECONDS = FRAMES * TICK // SCALE
SCENES, KEPT = 4, 5
EMULATION = re.compile(rb"\x00\x00(?=[\x00-\x03])", re.DOTALL)
Planes = tuple[bytes, bytes, bytes]


class Bits:
    """Writes bits and Exp-Golomb numbers."""

    def __init__(self) -> None:
        self.done = bytearray()
        self.rest, self.held = 0, 0

    def put(self, value: int, width: int) -> None:
        self.rest, self.held = (self.rest << width) | value, self.held + width
        while self.held >= 8:
            self.held -= 8
            self.done.append((self.rest >> self.held) & 255)
        self.rest &= (1 << self.held) - 1

    def ue(self, value: int) -> None:
        self.put(value + 1, 2 * (value + 1).bit_length() - 1)

    def align(self) -> None:
        if self.held:
            self.put(0, 8 - self.held)

    def raw(self, data: bytes) -> None:
        self.align()
        self.done += data

    def end(self) -> bytes:
        self.put(1, 1)
        self.align()
        return bytes(self.done)


def nal(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + EMULATION.sub(b"\x00\x00\x03", body)


@cache
def parameter_sets() -> tuple[bytes, bytes]:
    sequence = Bits()
    for value in (66, 0xC0, 30):  # Constrained baseline, level 3.
        sequence.put(value, 8)
    for number in (0, 0, 2, 1):  # Id, bits of frame_num, order as sent, one reference.
        sequence.ue(number)
    sequence.put(0, 1)
    sequence.ue(ACROSS - 1)
    sequence.ue(DOWN - 1)
    sequence.put(0b1100, 4)  # Frames only, direct 8x8, no cropping, no VUI.
    picture = Bits()
    picture.ue(0)
    picture.ue(0)
    picture.put(0, 2)
    for _number in range(3):
        picture.ue(0)
    picture.put(0, 3)
    for _number in range(3):
        picture.ue(0)
    picture.put(0b100, 3)  # The deblocking filter is told of in each slice.
    return nal(0x67, sequence.end()), nal(0x68, picture.end())


def block(planes: Planes, index: int) -> bytes:
    """The raw pixels of one macroblock, luma before chroma."""
    x, y = index % ACROSS, index // ACROSS
    parts = []
    for plane, side in zip(planes, (BLOCK, BLOCK // 2, BLOCK // 2), strict=True):
        width = ACROSS * side
        start = y * side * width + x * side
        parts += [plane[start + line * width : start + line * width + side] for line in range(side)]
    return b"".join(parts)


def slice_of(planes: Planes, before: Planes | None, number: int) -> bytes:
    """A whole picture, or what changed since ``before``."""
    bits = Bits()
    bits.ue(0)
    bits.ue(7 if before is None else 5)
    bits.ue(0)
    bits.put(number, 4)
    if before is None:
        bits.ue(0)
    # Not IDR: no override, no reordering, no adaptive marking. IDR: keep nothing, no long-term reference.
    bits.put(0, 2 if before is None else 3)
    bits.ue(0)
    bits.ue(1)
    skipped = 0
    for index in range(ACROSS * DOWN):
        pixels = block(planes, index)
        if before is None:
            bits.ue(25)
        elif pixels == block(before, index):
            skipped += 1
            continue
        else:
            bits.ue(skipped)
            bits.ue(30)
            skipped = 0
        bits.raw(pixels)
    if skipped:
        bits.ue(skipped)
    return nal(0x65 if before is None else 0x41, bits.end())


def drawn(moment: float) -> Planes:
    """The street at a moment (0 to 1 of the loop): a van drives by, rubbish lies beside the road."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (168, 192, 206))
    pen = ImageDraw.Draw(picture)
    for left, top, shade in ((6, 34, 150), (70, 18, 132), (150, 42, 142), (226, 26, 126)):
        pen.rectangle((left, top, left + 62, 104), fill=(shade, shade - 8, shade - 18))
        for column in range(left + 8, left + 56, 16):
            for line in range(top + 10, 94, 20):
                pen.rectangle((column, line, column + 8, line + 10), fill=(86, 104, 124))
    pen.rectangle((0, 104, WIDTH, 118), fill=(176, 172, 160))
    pen.rectangle((0, 118, WIDTH, HEIGHT), fill=(82, 86, 92))
    for left in range(0, WIDTH, 48):
        pen.rectangle((left, 146, left + 24, 149), fill=(214, 210, 196))
    for left, top, size in ((214, 100, 12), (226, 98, 15), (238, 102, 11)):
        pen.ellipse((left, top, left + size, top + size), fill=(48, 52, 46))
    x = int(-60 + moment * (WIDTH + 70))
    pen.rectangle((x, 122, x + 52, 144), fill=(196, 120, 44))
    pen.rectangle((x + 36, 126, x + 50, 134), fill=(120, 150, 170))
    for wheel in (x + 6, x + 36):
        pen.ellipse((wheel, 139, wheel + 10, 149), fill=(30, 30, 32))
    pen.rectangle((6, 6, 116, 20), fill=(30, 34, 40))
    pen.text((10, 7), "SYNTHETIC  DEMO", fill=(230, 230, 230))
    luma, blue, red = picture.convert("YCbCr").split()
    half = (WIDTH // 2, HEIGHT // 2)
    scaled = luma.point([16 + value * 219 // 255 for value in range(256)])
    return scaled.tobytes(), blue.resize(half).tobytes(), red.resize(half).tobytes()


@cache
def samples(scene: int) -> tuple[bytes, ...]:
    """The pictures of one segment, each with its length before it, as MP4 wants them."""
    found, before = [], None
    for number in range(FRAMES):
        planes = drawn((scene * FRAMES + number) / (SCENES * FRAMES))
        data = slice_of(planes, before, number)
        found.append(struct.pack(">I", len(data)) + data)
        before = planes
    return tuple(found)


def box(kind: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind.encode()) + body


def full(kind: str, flags: int, *parts: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@cache
def head() -> bytes:
    """The initialization segment."""
    sps, pps = parameter_sets()
    configuration = box(
        "avcC", bytes([1, 66, 0xC0, 30, 0xFF, 0xE1]), struct.pack(">H", len(sps)), sps, b"\x01",
        struct.pack(">H", len(pps)), pps,
    )  # fmt: skip
    entry = box(
        "avc1", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", WIDTH, HEIGHT),
        struct.pack(">III", 0x480000, 0x480000, 0), struct.pack(">H", 1), bytes(32), struct.pack(">Hh", 24, -1),
        configuration,
    )  # fmt: skip
    empty = [full(kind, 0, bytes(4)) for kind in ("stts", "stsc", "stco")]
    table = box("stbl", full("stsd", 0, struct.pack(">I", 1), entry), *empty[:2], full("stsz", 0, bytes(8)), empty[2])
    data = box("dinf", full("dref", 0, struct.pack(">I", 1), full("url ", 1)))
    media = box(
        "mdia", full("mdhd", 0, struct.pack(">IIIIHH", 0, 0, SCALE, 0, 0x55C4, 0)),
        full("hdlr", 0, bytes(4), b"vide", bytes(12), b"camera\x00"),
        box("minf", full("vmhd", 1, bytes(8)), data, table),
    )  # fmt: skip
    size = struct.pack(">II", WIDTH << 16, HEIGHT << 16)
    track = box(
        "trak",
        full("tkhd", 3, struct.pack(">IIIII", 0, 0, 1, 0, 0), bytes(16), MATRIX, size),
        media,
    )  # fmt: skip
    movie = full(
        "mvhd",
        0,
        struct.pack(">IIIIIH", 0, 0, SCALE, 0, 0x10000, 0x100),
        bytes(10),
        MATRIX,
        bytes(24),
        struct.pack(">I", 2),
    )
    extends = box("mvex", full("trex", 0, struct.pack(">IIIII", 1, 1, TICK, 0, 0)))
    return box("ftyp", b"iso6", struct.pack(">I", 1), b"iso6mp41") + box("moov", movie, track, extends)


def segment(number: int) -> bytes:
    """Two seconds of the stream that never ends, as one fragment."""
    pictures = samples(number % SCENES)
    # Flags of a sample: one that others need, or one that needs others.
    rows = b"".join(
        struct.pack(">II", len(each), 0x2000000 if place == 0 else 0x1010000) for place, each in enumerate(pictures)
    )
    start = number * FRAMES * TICK

    def fragment(offset: int) -> bytes:
        run = full("trun", 0x601, struct.pack(">Ii", len(pictures), offset), rows)
        time = full("tfdt", 0, struct.pack(">Q", start), version=1)
        return box(
            "moof",
            full("mfhd", 0, struct.pack(">I", number & 0xFFFFFFFF)),
            box("traf", full("tfhd", 0x20000, struct.pack(">I", 1)), time, run),
        )

    size = len(fragment(0))
    return fragment(size + 8) + box("mdat", *pictures)


def playlist(seconds: float) -> str:
    """The last segments that are over at that time (seconds since 1970)."""
    last = int(seconds // SECONDS) - 1
    first = last - KEPT + 1
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{SECONDS}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    lines += ["#EXT-X-INDEPENDENT-SEGMENTS", '#EXT-X-MAP:URI="head.mp4"']
    for number in range(first, last + 1):
        lines += [f"#EXTINF:{SECONDS}.0,", f"{number}.m4s"]
    return "\n".join(lines) + "\n"
