"""Files of an order: put, listed, and served to those who see it."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE
from accounts.api.idempotency import idempotency
from accounts.api.problems import Refusal
from workorders.api.inputs import AttachmentIn, body_of, named_assignment
from workorders.api.part_serializers import AttachmentOut
from workorders.api.views.base import OrderView
from workorders.errors import Invalid, NotVisible
from workorders.models import Attachment
from workorders.models.attachments import AttachmentStage
from workorders.services.attachments import attach, shelf
from workorders.services.media import LARGEST, MEGABYTE

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
# Nobody but the reader's own browser keeps it, and it asks again after five minutes whether it still may.
CACHE = "private, max-age=300"
JPEG = {(200, "image/jpeg"): OpenApiTypes.BINARY}


class Attachments(OrderView):
    """The files of an order."""

    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}
    parser_classes = (MultiPartParser,)

    @extend_schema(responses=AttachmentOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """List the files, oldest first; of an erased one only the fact remains."""
        order = self.order(number)
        found = order.attachments.select_related("uploaded_by")
        return Response(AttachmentOut(found, many=True, context={"number": order.number}).data)

    @extend_schema(request={"multipart/form-data": AttachmentIn}, responses={201: AttachmentOut})
    def post(self, request: Request, number: str) -> Response | HttpResponse:
        """Add a file. Its type is read from its content; evidence (`after`) comes from who handles the order."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:18]) > LARGEST + MEGABYTE:
            raise Refusal(413, "too_large", _("文件不能超过 %(most)d MB") % {"most": LARGEST // MEGABYTE})
        order, seen = self.order(number), dict[str, Any]()
        with self.racing(order, seen), shelf() as written, idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            upload = request.FILES.get("file")
            if upload is None:
                raise Invalid(fields={"file": [_("请选择文件")]})
            fields = body_of(request.data)
            made = attach(
                order_id=order.pk,
                by=self.actor,
                upload=upload,
                stage=fields.get("stage") or AttachmentStage.NOTE,
                assignment_id=named_assignment(fields),
                written=written,
            )
            return memory.keep(Response(AttachmentOut(made, context={"number": order.number}).data, status=201))


class ServedFile(OrderView):
    """Bytes, whatever the caller says that it accepts."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    def find(self, number: str, key: str) -> Attachment:
        found = self.order(number).attachments.filter(key=key, erased_at=None).first()
        if found is None:
            raise NotVisible
        return found


class AttachmentFile(ServedFile):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(operation_id="work_orders_attachments_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: str, key: str) -> HttpResponseBase:
        """The file itself; `Range` is understood."""
        found = self.find(number, key)
        return served(request, found.path, found.mime, found.file_name, found.sha256)


class AttachmentThumbnail(ServedFile):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(operation_id="work_orders_attachments_thumbnail", responses=JPEG)
    def get(self, request: Request, number: str, key: str) -> HttpResponseBase:
        """A small picture of the picture."""
        found = self.find(number, key)
        if not found.thumbnail_path:
            raise NotVisible
        return served(request, found.thumbnail_path, "image/jpeg", "thumbnail.jpg", f"{found.sha256}-small")


def served(request: Request, path: str, mime: str, name: str, tag: str) -> HttpResponseBase:
    """The kept file with headers that let a browser show it and nothing else."""
    etag = f'"{tag}"'
    if etag in {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}:
        return _headed(HttpResponse(status=304), name, etag)
    try:
        stream, size = default_storage.open(path), default_storage.size(path)
    except FileNotFoundError as error:
        raise NotVisible from error
    asked = _range(request.headers.get("Range", ""), size)
    if asked is None:
        response: HttpResponseBase = FileResponse(stream, content_type=mime)
        return _headed(response, name, etag)
    with stream:
        first, last = asked
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        stream.seek(first)
        part = HttpResponse(stream.read(last - first + 1), status=206, content_type=mime)
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _headed(part, name, etag)


def _range(header: str, size: int) -> tuple[int, int] | None:
    """(first, last) of a single range; first > last if it cannot be met; nothing if there is none to speak of."""
    match = RANGE.fullmatch(header.strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _headed(response: HttpResponseBase, name: str, etag: str) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = CACHE
    response["Vary"] = "Authorization, Cookie"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    return response
