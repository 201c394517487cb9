"""Refusals about posts and places."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, Invalid, StaleVersion, WrongState


class OfficerHoldsNoPost(Conflict):
    code = "officer_holds_no_post"
    message = _("三员账号不得担任业务岗位")


class PostHolderIsNoOfficer(Conflict):
    code = "post_holder_is_no_officer"
    message = _("该账号仍有业务岗位，须先离任方可担任三员")


class NotStaff(Conflict):
    code = "not_staff"
    message = _("只有工作人员账号可以任职")


class PostTaken(Conflict):
    code = "post_taken"
    message = _("该岗位已有人在任")


class PostDoesNotFit(Invalid):
    code = "post_does_not_fit"
    message = _("该角色不能在此单位或网格任职")


class DeputyDoesNotFit(Invalid):
    code = "deputy_does_not_fit"
    message = _("副职或B角须与所协助的人在同一单位或网格，且不能互为副职")


class NotInService(Conflict):
    code = "not_in_service"
    message = _("该账号已停用，须先恢复账号方可任职")


class UnitFault(Invalid):
    """What was told about a unit cannot stand; ``fields`` names each with its remedy."""

    code = "unit_fault"
    message = _("单位信息有内容需要更正")


class UnitInUse(Conflict):
    """A unit that cannot be closed; ``extra`` names what is still there."""

    code = "unit_in_use"
    message = _("该单位还不能停用")


class SecondmentFault(Invalid):
    code = "secondment_fault"
    message = _("派驻信息有内容需要更正")


class BudgetExceeded(Conflict):
    """More than is left; ``extra`` has the figures in yuan."""

    code = "budget_exceeded"
    message = _("超出委托金额的余额")


class AppointmentFault(Invalid):
    """A line of a list that cannot be confirmed; ``extra`` says which."""

    code = "appointment_fault"
    message = _("名单中有任职不能成立")


class AlreadyLeaving(Conflict):
    code = "already_leaving"
    message = _("该人员已办理离任")


class LeavesBefore(Conflict):
    """A post that would outlast its holder's service."""

    code = "leaves_before"
    message = _("该人员将在任期内离任，请先撤销离任")


class BoundaryFault(Invalid):
    """Boundaries that overlap, leave a gap or fall apart; ``extra`` says where."""

    code = "boundary_fault"
    message = _("边界存在交叉或盲区")


class PlanStale(StaleVersion):
    """``extra`` holds the ``current`` version and the one that was ``seen``."""

    message = _("方案已被他人修改，请查看最新情况后再操作")


class PlanNotReady(Conflict):
    """The plan has faults, its day has passed, or the ground moved since it was drafted; ``extra`` says which."""

    code = "plan_not_ready"
    message = _("方案还不能提交或生效")


class PlanNotScheduled(Conflict):
    code = "plan_not_scheduled"
    message = _("只有待生效的方案可以取消")


class NothingToUndo(Conflict):
    code = "nothing_to_undo"
    message = _("没有可以撤销的操作")


class TrainingMissing(Conflict):
    """A course that the post requires was not passed; ``fields`` names it, ``courses`` in ``extra`` lists the codes."""

    code = "training_missing"
    message = _("岗前培训尚未合格，不能上岗")


class StewardMoveNotAllowed(WrongState):
    message = _("这份楼栋长档案当前状态不允许此操作")


class NoticeNotOver(Conflict):
    code = "notice_not_over"
    message = _("公示期未满，不能结束公示")


class NoticeOver(Conflict):
    code = "notice_over"
    message = _("公示期已满，不再受理异议")


class ObjectionOpen(Conflict):
    code = "objection_open"
    message = _("还有异议未核实，不能结束公示")


class RecruitmentShut(Conflict):
    code = "recruitment_shut"
    message = _("不在征集的报名期内")


class StewardPlacesTaken(Conflict):
    """``extra`` holds ``places`` and ``taken``."""

    code = "steward_places_taken"
    message = _("楼栋长名额已满")


class OverBudget(Conflict):
    """``extra`` holds the figures in yuan: ``planned``, ``used``, ``wanted``."""

    code = "over_budget"
    message = _("超出补贴预算")


class DivisionFault(Invalid):
    """What was told about a district, street, community or grid cannot stand; ``fields`` names each with its remedy."""

    code = "division_fault"
    message = _("区划信息有内容需要更正")


class DivisionInUse(Conflict):
    """Something still lies in the division, or somebody is posted there; ``extra`` says what."""

    code = "division_in_use"
    message = _("该区划仍在使用，不能停用")


class NormFault(Invalid):
    """A norm that ends before it begins."""

    code = "norm_fault"
    message = _("网格标准有内容需要更正")


class ElementFault(Invalid):
    """What was told about an element, a type or a camera cannot stand; ``fields`` names each with its remedy."""

    code = "element_fault"
    message = _("要素信息有内容需要更正")


class CodeTaken(Conflict):
    code = "code_taken"
    message = _("该编码已被使用")


class TypeInUse(Conflict):
    code = "type_in_use"
    message = _("该类型已有数据，不能在关注人群与其他图层之间改换")


class TileLayerFault(Invalid):
    """What was told about a base map cannot stand; ``fields`` names each with its remedy."""

    code = "tile_layer_fault"
    message = _("底图信息有内容需要更正")


class TileUnavailable(Conflict):
    """The provider did not answer in time or with a picture; the map shows its own boundaries meanwhile."""

    status = 503
    code = "tile_unavailable"
    message = _("底图暂时取不到")


class TilesEnough(Conflict):
    """More tiles in a minute than anybody looks at; ``retry_after`` is in seconds."""

    status = 429
    code = "tiles_enough"
    message = _("底图取得过于频繁，请稍后再看")
