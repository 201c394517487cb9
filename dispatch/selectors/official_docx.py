"""The Word form of an official document: the same parts, in the faces that offices have, to be edited further."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dispatch.rules.typesetting import printable
from dispatch.selectors.official import Paper

BODY, TITLE = "仿宋", "方正小标宋简体"
RED = RGBColor(0xD9, 0x0D, 0x0D)


def docx_of(paper: Paper) -> bytes:
    """The document as docx: A4, margins and sizes of GB/T 9704, page numbers as a field."""
    document = Document()
    _page(document.sections[0])
    if paper.synthetic:
        _line(document, "演示数据，不具效力", size=12, color=RGBColor(0x73, 0x73, 0x73))
    _line(document, paper.head, size=36, font=TITLE, align=WD_ALIGN_PARAGRAPH.CENTER, color=RED, pitch=None, bold=True)
    number = _line(document, paper.number, align=WD_ALIGN_PARAGRAPH.CENTER)
    _border(number, "D90D0D", 12)
    _line(document, "")
    _line(document, paper.title, size=22, font=TITLE, align=WD_ALIGN_PARAGRAPH.CENTER, pitch=34, bold=True)
    _line(document, f"{paper.addressee}：")
    for paragraph in paper.paragraphs:
        _line(document, paragraph, indent=2)
    _line(document, "")
    for place, name in enumerate(paper.attachments, 1):
        _line(document, f"附件：{place}.{name}" if place == 1 else f"\u3000\u3000\u3000{place}.{name}", indent=2)
    _line(document, "")
    _line(document, "")
    for text in (paper.issuer, paper.date):
        _line(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT, right=4)
    _line(document, "")
    copies = _line(document, f"抄送：{paper.copies}。", size=14)
    _border(copies, "000000", 6, top=True)
    _border(_line(document, f"{paper.issuer}\u3000\u3000{paper.date}印发", size=14), "000000", 6)
    document.core_properties.title = printable(f"{paper.number} {paper.title}")
    document.core_properties.author = paper.issuer
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", 14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _run(paragraph, "", 14)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
    _run(paragraph, " —", 14)


def _line(
    document: Any,
    text: str,
    *,
    size: float = 16,
    font: str = BODY,
    align: Any = WD_ALIGN_PARAGRAPH.JUSTIFY,
    color: RGBColor | None = None,
    pitch: float | None = 29,
    indent: int = 0,
    right: int = 0,
    bold: bool = False,
) -> Any:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.alignment = align
    if pitch is not None:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
    form.first_line_indent, form.right_indent = Pt(size * indent), Pt(size * right)
    run = _run(paragraph, text, size, font)
    run.bold = bold
    if color is not None:
        run.font.color.rgb = color
    return paragraph


def _run(paragraph: Any, text: str, size: float, font: str = BODY) -> Any:
    run = paragraph.add_run(printable(text))
    run.font.size, run.font.name = Pt(size), font
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _border(paragraph: Any, color: str, eighths: int, *, top: bool = False) -> None:
    """A rule under a paragraph, or over it."""
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    edge = OxmlElement("w:top" if top else "w:bottom")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", color)):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)
    properties.append(borders)
