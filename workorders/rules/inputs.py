"""What each action asks for: read by the service that cleans, the API that documents and the pages that draw forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """Values as JSON: codes are strings, points two numbers, dates ISO."""

    TEXT = "text"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"
    URGENCY = "urgency"
    ORDER = "order"
    STREETS = "streets"
    EXTENT = "extent"
    STREET = "street"
    WORKER = "worker"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    DATE = "date"
    WORKDAYS = "workdays"
    HOURS = "hours"
    FLAG = "flag"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    kind: Kind
    label: str | Promise
    required: bool = True
    max_length: int = 1000


def _reason(required: bool = True) -> Input:
    return Input("reason", Kind.TEXT, _("理由"), required)


_POINT = (Input("lon", Kind.LONGITUDE, _("经度")), Input("lat", Kind.LATITUDE, _("纬度")))
_ADDRESS = Input("address", Kind.TEXT, _("地址"), required=False, max_length=200)
_COMMENT = Input("comment", Kind.TEXT, _("说明"), required=False)
_CATEGORY = Input("category", Kind.CATEGORY, _("事项分类"), required=False)
_URGENCY = Input("urgency", Kind.URGENCY, _("紧急程度"), required=False)
_CONDITIONS = Input("conditions_confirmed", Kind.FLAG, _("已核对立案条件"), required=False)
_INSTRUCTION = Input("instruction", Kind.TEXT, _("派遣要求"), required=False)
_LEAD = Input("lead", Kind.UNIT, _("主办单位"))
_ASSISTS = Input("assists", Kind.UNITS, _("协办单位"), required=False)

INPUTS: Mapping[str, tuple[Input, ...]] = {
    "claim": (),
    "assign_worker": (Input("worker", Kind.WORKER, _("网格员")), _COMMENT),
    "pass_up": (_reason(required=False),),
    "place": (*_POINT, _ADDRESS),
    "relocate": (*_POINT, _ADDRESS, _reason()),
    "register": (_CATEGORY, _URGENCY, _CONDITIONS),
    "register_to_district": (
        _CATEGORY,
        _URGENCY,
        _CONDITIONS,
        Input("affected_streets", Kind.STREETS, _("涉及街道"), required=False),
        Input("extent", Kind.EXTENT, _("涉及范围"), required=False),
        _reason(required=False),
    ),
    "reclassify": (Input("category", Kind.CATEGORY, _("事项分类")), _URGENCY, _reason()),
    "decline": (_reason(),),
    "contest": (_reason(),),
    "handle_on_site": (Input("result", Kind.TEXT, _("处置结果"), max_length=2000), _CATEGORY),
    "merge": (Input("master", Kind.ORDER, _("并入工单号")), _reason(required=False)),
    "dispatch": (
        Input("lead", Kind.UNIT, _("主办单位"), required=False),
        _ASSISTS,
        _INSTRUCTION,
        Input("adopt", Kind.FLAG, _("沿用原派单"), required=False),
        Input("correction", Kind.CORRECTION, _("改派原因"), required=False),
        _reason(required=False),
    ),
    "adjust": (
        Input("add", Kind.UNITS, _("增加协办"), required=False),
        Input("revoke", Kind.UNITS, _("撤销协办"), required=False),
        _reason(),
    ),
    "acknowledge": (),
    "return_assignment": (_reason(),),
    "contest_return": (_reason(),),
    "arbitrate": (_LEAD, _ASSISTS, _reason()),
    "submit_result": (Input("result", Kind.TEXT, _("处置结果"), max_length=2000),),
    "override": (_reason(),),
    "verify": (_COMMENT,),
    "rework": (_reason(),),
    "escalate": (_reason(),),
    "hand_down": (_reason(), Input("street", Kind.STREET, _("牵头街道"), required=False)),
    "extend": (
        _reason(),
        Input("workdays", Kind.WORKDAYS, _("延长工作日"), required=False),
        Input("hours", Kind.HOURS, _("延长小时"), required=False),
    ),
    "shelve": (_reason(), Input("review_on", Kind.DATE, _("复核日期"))),
    "resume": (_reason(required=False),),
    "void": (_reason(),),
    "withdraw": (_reason(),),
    "reopen": (_reason(),),
    "callback": (
        Input("reached", Kind.FLAG, _("已接通"), required=False),
        Input("satisfied", Kind.FLAG, _("满意"), required=False),
        _COMMENT,
    ),
    "unmerge": (),
    "regrid": (),
    "comment": (Input("comment", Kind.TEXT, _("说明")),),
    "attach": (),
}
LABELS: Mapping[str, str | Promise] = {
    "report": _("上报"),
    "claim": _("认领"),
    "assign_worker": _("指派网格员"),
    "pass_up": _("上交街道"),
    "place": _("定位"),
    "relocate": _("更正位置"),
    "register": _("立案"),
    "register_to_district": _("直报区级"),
    "reclassify": _("更正事项"),
    "decline": _("不予立案"),
    "contest": _("提出异议"),
    "handle_on_site": _("现场处置"),
    "merge": _("并案"),
    "unmerge": _("解除并案"),
    "regrid": _("网格调整"),
    "dispatch": _("派遣"),
    "adjust": _("增减协办"),
    "acknowledge": _("签收"),
    "return_assignment": _("退单"),
    "contest_return": _("提请仲裁"),
    "arbitrate": _("仲裁"),
    "submit_result": _("反馈结果"),
    "override": _("主办代结"),
    "verify": _("核查通过"),
    "rework": _("返工"),
    "escalate": _("升级"),
    "hand_down": _("交办"),
    "extend": _("申请延期"),
    "shelve": _("申请挂账"),
    "resume": _("恢复"),
    "void": _("申请作废"),
    "withdraw": _("撤回"),
    "reopen": _("重启"),
    "callback": _("回访"),
    "comment": _("补充说明"),
    "attach": _("添加附件"),
}
