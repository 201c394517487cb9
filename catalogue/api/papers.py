"""The bytes of a paper, to be kept by the reader and never to be run in our name."""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from catalogue.models import AdmissionPaper, TaskAdmission
from lianqin.kernel.errors import NotVisible


def served_paper(admission: TaskAdmission, key: uuid.UUID) -> HttpResponse:
    """Return a paper with headers that let a browser save it and nothing else. Raise NotVisible."""
    paper: AdmissionPaper | None = admission.papers.filter(key=key).first()
    if paper is None:
        raise NotVisible
    try:
        with default_storage.open(paper.path) as stored:  # At most 20 MB: services.papers.LARGEST.
            response = HttpResponse(stored.read(), content_type=paper.mime)
    except FileNotFoundError as error:
        raise NotVisible from error
    response["Content-Disposition"] = content_disposition_header(True, paper.file_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=300"
    return response
