"""The form of a new report."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from grids.models import Grid, Street
from lianqin.kernel.actors import Actor
from workorders.models.orders import Source, Urgency
from workorders.pages.choices import category_choices
from workorders.pages.entries import Choice, Input
from workorders.pages.forms import API

SOURCES_OF_STAFF = (
    Source.GRID_WORKER,
    Source.CITIZEN,
    Source.HOTLINE_12345,
    Source.POLICE_110,
    Source.ONLINE_INQUIRY,
    Source.PORTAL,
    Source.VIDEO,
    Source.INSPECTION,
)


@dataclass(frozen=True, slots=True)
class ReportPage:
    url: str
    upload_url: str
    next_url: str
    locate_url: str
    about: tuple[Input, ...]
    where: tuple[Input, ...]
    who: tuple[Input, ...]
    grid_code: str = ""
    street_code: str = ""


def home(actor: Actor) -> tuple[str, str]:
    """Codes of the grid and the street where the map begins. At most two queries."""
    grids = [post.grid_id for post in actor.posts if post.grid_id is not None]
    streets = [post.street_id for post in actor.posts if post.street_id is not None]
    return (
        Grid.objects.filter(pk__in=grids[:1]).values_list("code", flat=True).first() or "",
        Street.objects.filter(pk__in=streets[:1]).values_list("code", flat=True).first() or "",
    )


def report_page(actor: Actor) -> ReportPage:
    """``NUMBER`` in an address stands for the number that the answer brings."""
    grid_code, street_code = home(actor)
    on_grid = any(post.grid_id is not None for post in actor.posts)
    first = Source.GRID_WORKER if on_grid else Source.CITIZEN
    urgencies = tuple(Choice(value, label, checked=value == Urgency.NORMAL) for value, label in Urgency.choices)
    sources = tuple(Choice(each, Source(each).label, checked=each == first) for each in SOURCES_OF_STAFF)
    return ReportPage(
        url=f"{API}/",
        upload_url=f"{API}/NUMBER/attachments/",
        next_url=reverse("workorders:order", args=["NUMBER"]),
        locate_url="/api/v1/locate/",
        about=(
            Input("title", "line", _("标题"), placeholder=_("一句话说清，例如：文德路 88 号外墙面砖松动")),
            Input("description", "text", _("情况描述"), required=False),
            Input(
                "category", "picker", _("事项分类"), required=False, choices=category_choices(None),
                hint=_("拿不准可以不选，由派遣员确定。名称为示例目录。"),
            ),
            Input("urgency", "choices", _("紧急程度"), choices=urgencies),
            Input("files", "files", _("照片、录音或录像"), required=False, value="report"),
        ),
        where=(Input("address", "line", _("地址"), required=False, placeholder=_("路名、门牌、小区")),),
        who=(
            Input("source", "choices", _("来源"), choices=sources),
            Input("reporter_name", "line", _("反映人"), required=False),
            Input("reporter_phone", "line", _("联系电话"), required=False),
        ),
        grid_code=grid_code,
        street_code=street_code,
    )  # fmt: skip
