"""Remarks of public observers: kept once, answered in days, made an order once."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from catalogue.calendars import current
from citizens.models import Remark, RemarkOutcome, RemarkState, Standing, StandingRole, Upload, UploadKind
from citizens.rules.community import SHANGHAI
from citizens.selectors.community import confirmed, person, require_run
from citizens.services.attendance import NEWS
from citizens.services.quarantine import Incoming, discard, place_of
from citizens.services.receipts import open_receipt, receipt_by_key
from citizens.services.reporting import TOPIC
from citizens.services.sandbox import remade
from citizens.services.telling import tell
from grids.selectors import actor_for
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from relay.services import post
from workorders import services as work
from workorders.errors import AttachmentRefused
from workorders.models import WorkOrder
from workorders.models.orders import Source
from workorders.services.attachments import remove_file
from workorders.services.media import Media

logger = logging.getLogger(__name__)
ANSWER_WORKDAYS = 3
LONGEST, LONGEST_ANSWER, LONGEST_TITLE = 300, 500, 40
FOLDER = "remarks"


def make_remark(
    *, by: Actor, community_id: int, client_key: uuid.UUID, words: str, place: str,
    point: tuple[float, float] | None = None, files: Sequence[Incoming] = (), refused: Sequence[str] = (),
) -> Remark:  # fmt: skip
    """Keep what an observer saw, with one picture; a repeat of the key gives the first. Raises NotAllowed, Invalid.

    ``refused``: why files were not let in; told together with all else that is wrong.
    """
    try:
        known = Remark.objects.filter(client_key=client_key, author=person(by)).first()
        if known is not None:
            return known
        require_term(by, community_id)
        words, place = words.strip(), place.strip()
        faults: dict[str, list[str]] = {}
        if not 2 <= len(words) <= LONGEST:
            faults["words"] = [_("请用一两句话说说看到什么，不超过 300 字")]
        if not place and point is None:
            faults["place"] = [_("请写在哪里，或用现在的位置")]
        if len(place) > 100:
            faults["place"] = [_("最多 %(most)d 个字") % {"most": 100}]
        media = None
        try:
            media = _examined(files, refused)
        except Invalid as wrong:
            faults["files"] = [str(text) for text in wrong.fields["files"]]
        if faults:
            raise Invalid(fields=faults)
        return _written(by, community_id, client_key, words, place, point, _kept(media))
    finally:
        discard(files)


def _written(
    by: Actor, community_id: int, client_key: uuid.UUID, words: str, place: str,
    point: tuple[float, float] | None, picture: str,
) -> Remark:  # fmt: skip
    now, calendar = clock.now(), current()
    lon, lat = point or (None, None)
    try:
        with transaction.atomic():
            return Remark.objects.create(
                author_id=person(by), community_id=community_id, client_key=client_key, words=words, place=place,
                lon=lon, lat=lat, picture=picture, created_at=now,
                due_at=calendar.add(now, ANSWER_WORKDAYS * calendar.day_seconds),
            )  # fmt: skip
    except BaseException as error:
        if picture:
            remove_file(picture)
        known = Remark.objects.filter(client_key=client_key, author=person(by)).first()
        if isinstance(error, IntegrityError) and known is not None:
            return known
        raise


def require_term(by: Actor, community_id: int) -> Standing:
    """The term of an observer that is not over. Raises NotAllowed."""
    today = clock.now().astimezone(SHANGHAI).date()
    terms = confirmed(person(by), StandingRole.OBSERVER).filter(community=community_id, until__gte=today)
    found = terms.first()
    if found is None:
        raise NotAllowed(_("任期内的幸福观察员才能提意见；您也可以用“我要反映”"))
    return found


@transaction.atomic
def answer_remark(*, remark_id: int, accepted: bool, answer: str, by: Actor) -> Remark:
    """Say what comes of it; the author hears. Raises NotVisible, WrongState, Invalid."""
    row = _open(remark_id, by)
    outcome = RemarkOutcome.ACCEPTED if accepted else RemarkOutcome.EXPLAINED
    _settle(row, outcome, _checked(answer), by)
    if accepted:
        payload = {"kind": "remark_accepted", "remark": row.pk, "user": row.author_id}
        post(topic=NEWS, key=f"remark:{row.pk}", payload=payload)
    return row


@transaction.atomic
def order_remark(*, remark_id: int, answer: str, by: Actor) -> WorkOrder:
    """Make an order of it, as its author, with the picture; once. Raises NotVisible, WrongState, Invalid."""
    row = _open(remark_id, by)
    answer = _checked(answer)
    data: dict[str, Any] = {
        "title": row.words[:LONGEST_TITLE], "description": row.words, "address": row.place, "source": Source.CITIZEN,
    }  # fmt: skip
    if row.lon is not None:
        data |= {"lon": row.lon, "lat": row.lat}
    order, _new = work.report(by=actor_for(row.author), data=data)
    # The page of an observer may name any key, and another report have it.
    taken = receipt_by_key(row.client_key) is not None
    key = uuid.uuid4() if taken else row.client_key
    receipt, _code = open_receipt(order_id=order.pk, client_key=key, user_id=row.author_id)
    name = _copied(row.picture)
    if name:
        size = place_of(name).stat().st_size
        Upload.objects.create(
            receipt=receipt, place=1, kind=UploadKind.IMAGE, path=name, size=size, created_at=clock.now()
        )
        post(topic=TOPIC, key=f"receipt:{receipt.pk}", payload={"receipt": receipt.pk})
    row.order = order
    _settle(row, RemarkOutcome.ORDERED, answer, by)
    return order


def forget_pictures(user_id: int) -> None:
    """Pictures of an observer who leaves; what was seen and answered stays."""
    rows = Remark.objects.filter(author_id=user_id).exclude(picture="")
    for path in list(rows.values_list("picture", flat=True)):
        transaction.on_commit(lambda path=path: remove_file(path), robust=True)  # type: ignore[misc]
    rows.update(picture="")


def _open(remark_id: int, by: Actor) -> Remark:
    row = (
        Remark.objects.select_for_update(of=("self",))
        .select_related("author", "community")
        .filter(pk=remark_id)
        .first()
    )
    if row is None:
        raise NotVisible
    require_run(by, row.community_id)
    if row.state != RemarkState.OPEN:
        raise WrongState(_("这条意见已经答复"))
    return row


def _checked(answer: str) -> str:
    answer = answer.strip()
    if not 0 < len(answer) <= LONGEST_ANSWER:
        raise Invalid(fields={"answer": [_("请写给观察员的答复，不超过 500 字")]})
    return answer


def _settle(row: Remark, outcome: RemarkOutcome, answer: str, by: Actor) -> None:
    row.state, row.outcome, row.answer = RemarkState.ANSWERED, outcome, answer
    row.answered_at, row.answered_by_id = clock.now(), person(by)
    row.save()
    audit(actor_id=by.user_id, action=f"remark_{outcome}", object_label=f"remark:{row.pk}",
          detail={"order": row.order.number if row.order else ""})  # fmt: skip
    text = _("%(community)s答复了您的观察意见：%(answer)s") % {"community": row.community, "answer": answer[:60]}
    tell(user_id=row.author_id, key=f"remark:{row.pk}", text=text)


def _examined(files: Sequence[Incoming], refused: Sequence[str]) -> Media | None:
    """The picture, made anew in a process of its own; None without one. Raises Invalid."""
    if refused:
        raise Invalid(fields={"files": list(refused)})
    if not files:
        return None
    if files[0].kind != UploadKind.IMAGE:
        raise Invalid(fields={"files": [_("请附一张照片")]})
    try:
        return remade(place_of(files[0].path))
    except AttachmentRefused as why:
        raise Invalid(fields={"files": [str(why.message)]}) from why


def _kept(media: Media | None) -> str:
    """Where the picture is kept; empty without one."""
    if media is None:
        return ""
    name = uuid.uuid4().hex
    return default_storage.save(f"{FOLDER}/{name[:2]}/{name}.{media.suffix}", ContentFile(media.data))


def _copied(picture: str) -> str:
    """Put the picture where files of reports wait; its name there."""
    if not picture:
        return ""
    try:
        with default_storage.open(picture) as stream:
            data = stream.read()
    except FileNotFoundError:
        logger.warning("the picture of a remark is gone")
        return ""
    name = uuid.uuid4().hex
    path = place_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o600)
    return name
