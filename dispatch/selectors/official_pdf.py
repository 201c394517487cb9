"""The PDF of an official document: A4, 22 lines of 28 characters, by the measures of GB/T 9704; fonts embedded."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from dispatch.rules.typesetting import INDENT, broken
from dispatch.selectors.official import Paper

PAGE = (210 * mm, 297 * mm)
LEFT, TOP = 28 * mm, 37 * mm
SIZE, PITCH, LINES = 16.0, 225 * mm / 22, 22
WIDTH = SIZE * 28
RED, GREY = Color(0.85, 0.05, 0.05), Color(0.45, 0.45, 0.45)
REGULAR, BOLD = "official", "official-bold"
FILES = {REGULAR: "NotoSerifSC_400Regular.ttf", BOLD: "NotoSerifSC_700Bold.ttf"}


@cache
def _fonts() -> None:
    """Read the faces once a process: half a second. Raises FileNotFoundError when they were not copied."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(Path(settings.LIANQIN_FONTS) / file)))


def pdf_of(paper: Paper) -> bytes:
    """The document as PDF; the glyphs that it uses are embedded, and no others."""
    _fonts()
    into = io.BytesIO()
    canvas = Canvas(into, pagesize=PAGE, pageCompression=1)
    canvas.setTitle(f"{paper.number} {paper.title}")
    canvas.setAuthor(paper.issuer)
    _Sheet(canvas, paper).draw()
    canvas.save()
    return into.getvalue()


class _Sheet:
    """Draws from the top; ``row`` counts lines of the page from 0."""

    def __init__(self, canvas: Canvas, paper: Paper) -> None:
        self.canvas, self.paper = canvas, paper
        self.row, self.page = 0.0, 1

    def draw(self) -> None:
        paper = self.paper
        self._head()
        for line in self._lines(paper.title, BOLD, 22.0):
            self._centred(line, BOLD, 22.0, 1.35)
        self.row += 0.6
        self._left(self._lines(f"{paper.addressee}："))
        for paragraph in paper.paragraphs:
            self._left(self._lines(INDENT + paragraph))
        self._attachments()
        self._signature()
        self._record()
        self._foot()

    def _lines(self, text: str, font: str = REGULAR, size: float = SIZE) -> list[str]:
        def measure(part: str) -> float:
            width: float = pdfmetrics.stringWidth(part, font, size)
            return width

        return broken(text, room=WIDTH, measure=measure, whole=self.paper.whole)

    def _y(self) -> float:
        return float(PAGE[1] - TOP - SIZE - self.row * PITCH)

    def _left(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._room(1)
            self._write(LEFT, line)
            self.row += 1

    def _write(self, x: float, text: str, font: str = REGULAR, size: float = SIZE) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self._y(), text)

    def _centred(self, text: str, font: str, size: float, step: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawCentredString(LEFT + WIDTH / 2, self._y(), text)
        self.row += step

    def _room(self, rows: float) -> None:
        """Go on to the next page unless so many rows are left on this one."""
        if self.row + rows <= LINES:
            return
        self._foot()
        self.canvas.showPage()
        self.page += 1
        self.row = 0.0

    def _head(self) -> None:
        canvas, paper = self.canvas, self.paper
        if paper.synthetic:
            canvas.setFillColor(GREY)
            self._write(LEFT, "演示数据，不具效力", REGULAR, 12)
            canvas.setFillColor(Color(0, 0, 0))
        self.row += 1.5
        size = min(40.0, 40.0 * WIDTH / pdfmetrics.stringWidth(paper.head, BOLD, 40.0))
        canvas.setFillColor(RED)
        self._centred(paper.head, BOLD, size, 2.0)
        canvas.setFillColor(Color(0, 0, 0))
        self._centred(paper.number, REGULAR, SIZE, 0.4)
        canvas.setStrokeColor(RED)
        canvas.setLineWidth(1.6)
        canvas.line(LEFT, self._y() + 2, LEFT + WIDTH, self._y() + 2)
        self.row += 2.0

    def _attachments(self) -> None:
        self.row += 1
        for number, name in enumerate(self.paper.attachments, 1):
            mark = f"附件：{number}." if number == 1 else f"\u3000\u3000\u3000{number}."
            self._left([f"{INDENT}{mark}{name}"])

    def _signature(self) -> None:
        """The issuer over the date, with the space of a seal around both, never alone on a page."""
        self._room(6)
        self.row += 2
        right = LEFT + WIDTH - SIZE * 4
        wide = max(pdfmetrics.stringWidth(text, REGULAR, SIZE) for text in (self.paper.issuer, self.paper.date))
        middle = right - wide / 2
        self.canvas.setFont(REGULAR, SIZE)
        self.canvas.setStrokeColor(GREY)
        self.canvas.setDash(2, 3)
        self.canvas.setLineWidth(0.5)
        self.canvas.circle(middle, self._y() - PITCH * 0.4, 21 * mm, stroke=1, fill=0)
        self.canvas.setDash()
        for text in (self.paper.issuer, self.paper.date):
            self.canvas.drawCentredString(middle, self._y(), text)
            self.row += 1
        self.row += 1

    def _record(self) -> None:
        """Who gets a copy and who printed it, at the foot of the last page."""
        copies = self._lines(f"抄送：{self.paper.copies}。")
        rows = len(copies) + 1
        self._room(rows + 0.5)
        self.row = LINES - rows
        self.canvas.setStrokeColor(Color(0, 0, 0))
        self.canvas.setLineWidth(0.8)
        self._rule()
        for line in copies:
            self._write(LEFT + SIZE, line, REGULAR, 14)
            self.row += 1
        self._rule()
        self._write(LEFT + SIZE, self.paper.issuer, REGULAR, 14)
        self.canvas.drawRightString(LEFT + WIDTH - SIZE, self._y(), f"{self.paper.date}印发")
        self.row += 1
        self._rule()

    def _rule(self) -> None:
        y = self._y() + SIZE + 4
        self.canvas.line(LEFT, y, LEFT + WIDTH, y)

    def _foot(self) -> None:
        """Numbers stand outside: right on odd pages, left on even ones."""
        text = f"— {self.page} —"
        y = PAGE[1] - TOP - 225 * mm - 7 * mm - 14
        self.canvas.setFont(REGULAR, 14)
        if self.page % 2:
            self.canvas.drawRightString(LEFT + WIDTH - SIZE, y, text)
        else:
            self.canvas.drawString(LEFT + SIZE, y, text)
