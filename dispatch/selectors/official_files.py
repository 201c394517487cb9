"""A document in its official form as the answer to a request: the same for pages and the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from dispatch.errors import NotVisible
from dispatch.models import SupervisionOrder
from dispatch.selectors.official import Paper, paper_of
from dispatch.selectors.official_docx import docx_of
from dispatch.selectors.official_pdf import pdf_of
from dispatch.selectors.supervision import pictures_of

FORMS: Mapping[str, tuple[Callable[[Paper], bytes], str]] = {
    "pdf": (pdf_of, "application/pdf"),
    "docx": (docx_of, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def file_of(document: SupervisionOrder, form: str) -> HttpResponse:
    """``form`` is pdf or docx. Needs what ``document_for`` loads; one query. Raises NotVisible for another form."""
    if form not in FORMS:
        raise NotVisible
    make, content_type = FORMS[form]
    paper = paper_of(document, list(document.replies.all()), len(pictures_of(document)))
    answer = HttpResponse(make(paper), content_type=content_type)
    name = f"{paper.number.replace(' ', '')}.{form}"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
