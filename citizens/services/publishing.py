"""Which pictures citizens see: copies in which staff has blurred faces and plates; the originals never leave."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageFilter

from accounts.services import audit
from citizens.models import PublishedPicture, Satisfaction, SatisfactionChange, SpotCheck
from citizens.selectors.abuse import is_hidden
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible, WrongState
from workorders.locks import order_locked
from workorders.models import Attachment
from workorders.permissions import holds
from workorders.services.attachments import remove_file
from workorders.states import Status

FOLDER = "published"
WHOLE, MOST = 1000, 40
LONGEST_SIDE, SMALL_SIDE = 1600, 240
Rectangle = Sequence[int]


def publish_picture(
    *, attachment_id: int, rectangles: Sequence[Rectangle], by: Actor, shown: bool = True
) -> PublishedPicture:
    """Show a blurred copy, or decide that none is shown. ``rectangles``: left, top, width, height in thousandths.

    Raises NotVisible, NotAllowed, WrongState, Conflict for what was decided already, Invalid.
    """
    found = Attachment.objects.filter(pk=attachment_id, mime__startswith="image/", erased_at=None).first()
    if found is None:
        raise NotVisible
    if by.user_id is None or not holds(by, "checker", found.order):
        raise NotAllowed
    if shown:
        _refuse_hidden(found.pk)
    kept = checked(rectangles) if shown else []
    path = _written(redacted(_read(found.path), kept)) if shown else ""
    try:
        with transaction.atomic():
            order = order_locked(found.order_id)
            if order.status != Status.CLOSED:
                raise WrongState(_("办结的工单才能公开图片"))
            # While the copy was made somebody may have erased the picture, or taken it out of public.
            if not Attachment.objects.select_for_update().filter(pk=found.pk, erased_at=None).exists():
                raise NotVisible
            if shown:
                _refuse_hidden(found.pk)
            row = PublishedPicture.objects.create(
                attachment=found, path=path, rectangles=kept, by_id=by.user_id, at=clock.now()
            )
            _audit("picture_published" if shown else "picture_kept_back", row, order.number, by)
    except BaseException as error:
        if path:
            remove_file(path)
        if isinstance(error, IntegrityError):
            raise Conflict(_("这张图片已经有决定")) from error
        raise
    return row


@transaction.atomic
def withdraw_picture(*, pk: int, by: Actor) -> None:
    """Take a decision back; the copy is deleted. Raises NotVisible, NotAllowed."""
    row = PublishedPicture.objects.select_for_update().filter(pk=pk, withdrawn_at=None).first()
    if row is None:
        raise NotVisible
    order = row.attachment.order
    if not holds(by, "checker", order):
        raise NotAllowed
    path, row.path, row.withdrawn_at = row.path, "", clock.now()
    row.save()
    _audit("picture_withdrawn", row, order.number, by)
    if path:
        transaction.on_commit(lambda: remove_file(path), robust=True)


def forget_following(*, order_id: int) -> int:
    """Delete the copies shown and blank what was said about an order; returns how many rows. In a transaction."""
    shown = PublishedPicture.objects.filter(attachment__order=order_id).exclude(path="")
    for path in shown.values_list("path", flat=True):
        transaction.on_commit(lambda path=path: remove_file(path), robust=True)  # type: ignore[misc]
    count = shown.update(path="", withdrawn_at=clock.now())
    count += SatisfactionChange.objects.filter(satisfaction__order=order_id).exclude(words="").update(words="")
    count += Satisfaction.objects.filter(order=order_id).exclude(words="").update(words="")
    return count + SpotCheck.objects.filter(order=order_id).exclude(found="").update(found="")


def checked(rectangles: Sequence[Rectangle]) -> list[list[int]]:
    """Whole thousandths within the picture, none empty. Raises Invalid."""
    if len(rectangles) > MOST:
        raise Invalid(fields={"rectangles": [_("遮挡区域最多 40 个")]})
    for each in rectangles:
        if len(each) != 4 or not all(isinstance(value, int) and 0 <= value <= WHOLE for value in each):
            raise Invalid(fields={"rectangles": [_("遮挡区域的数字应在 0 到 1000 之间")]})
        left, top, width, height = each
        if not width or not height or left + width > WHOLE or top + height > WHOLE:
            raise Invalid(fields={"rectangles": [_("遮挡区域超出图片或没有大小")]})
    return [list(each) for each in rectangles]


def redacted(data: bytes, rectangles: Sequence[Rectangle]) -> bytes:
    """A smaller JPEG in which nothing of what lay within the rectangles can be made out again."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        plain = image.convert("RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    wide, high = plain.size
    for left, top, width, height in rectangles:
        right, bottom = -(-(left + width) * wide // WHOLE), -(-(top + height) * high // WHOLE)
        box = (left * wide // WHOLE, top * high // WHOLE, right, bottom)
        part = plain.crop(box)
        # Blurring alone can be undone: what is left are at most four by four colours, made smooth.
        coarse = part.resize((min(4, part.width), min(4, part.height)), Image.Resampling.BOX)
        smooth = coarse.resize(part.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(4))
        plain.paste(smooth, box)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=85)
    return out.getvalue()


def small_copy(path: str) -> bytes | None:
    """A picture that was published, as small as a list needs it; nothing if it was withdrawn meanwhile."""
    try:
        with Image.open(default_storage.open(path), formats=("JPEG",)) as image:
            image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
            small = image.convert("RGB")
    except FileNotFoundError:
        return None
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _refuse_hidden(attachment_id: int) -> None:
    if is_hidden("picture", attachment_id):
        raise Conflict(_("这张图片正在审核或不能公开"))


def _read(path: str) -> bytes:
    try:
        with default_storage.open(path) as stream:
            data: bytes = stream.read()
    except FileNotFoundError as error:
        raise NotVisible from error
    return data


def _written(data: bytes) -> str:
    name = uuid.uuid4().hex
    return default_storage.save(f"{FOLDER}/{name[:2]}/{name}.jpg", ContentFile(data))


def _audit(action: str, row: PublishedPicture, number: str, by: Actor) -> None:
    audit(
        actor_id=by.user_id, action=action, object_label=number,
        detail={"attachment": row.attachment_id, "rectangles": len(row.rectangles)},
    )  # fmt: skip
