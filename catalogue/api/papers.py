"""The bytes of a paper, to be kept by the reader and never to be run in our name."""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.http.response import HttpResponseBase

from catalogue.models import AdmissionPaper, TaskAdmission
from lianqin.kernel.errors import NotVisible


def served_paper(admission: TaskAdmission, key: uuid.UUID) -> HttpResponseBase:
    """Return a paper with headers that let a browser save it and nothing else. Raise NotVisible."""
    paper: AdmissionPaper | None = admission.papers.filter(key=key).first()
    if paper is None:
        raise NotVisible
    try:
        stream = default_storage.open(paper.path)
    except FileNotFoundError as error:
        raise NotVisible from error
    response = FileResponse(stream, as_attachment=True, filename=paper.file_name, content_type=paper.mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=300"
    return response
