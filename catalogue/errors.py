from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible


class CalendarUnknown(NotVisible):
    code = "calendar_unknown"
    message = _("没有这个版本的工作日历")


class CalendarVersionTaken(Conflict):
    code = "calendar_version_taken"
    message = _("工作日历的版本号必须大于已发布的版本")


class NothingToRecompute(Conflict):
    code = "nothing_to_recompute"
    message = _("新旧工作日历没有差别，无需重算")


class AlreadyDecided(Conflict):
    code = "already_decided"
    message = _("已有结论，请刷新查看")


class SecondPersonNeeded(NotAllowed):
    code = "second_person_needed"
    message = _("提出人不能自己审批，请由另一人审批")


class CalendarInvalid(Invalid):
    code = "calendar_invalid"
    message = _("工作时段须按先后排列且互不重叠，并写明放假安排截止日期")


class DeadlineInvalid(Invalid):
    code = "deadline_invalid"
    message = _("时限规则不成立：时长须大于零，全天计时只能以分钟计")


class DraftHasErrors(Conflict):
    """``findings`` in the answer names each."""

    code = "draft_has_errors"
    message = _("草稿还有错误，改正后才能提交或批准")


class DraftIsEmpty(Conflict):
    code = "draft_is_empty"
    message = _("草稿里没有任何变化，无需提交")


class CalendarYearUnknown(Conflict):
    code = "calendar_year_unknown"
    message = _("内置的放假安排还没有这一年，请手工录入或导入表格")


class AdmissionMoveRefused(Conflict):
    code = "admission_move_refused"
    message = _("申请当前的状态不允许这一步，请刷新查看")


class AdmissionChanged(Conflict):
    code = "admission_changed"
    message = _("申请已被他人更新，请查看最新内容后再操作")


class AdmissionIncomplete(Invalid):
    code = "admission_incomplete"
    message = _("申请还没有填全，请补充后提交")


class PaperRefused(Invalid):
    code = "paper_refused"
    message = _("附件无法接收")


class CategoryFault(Invalid):
    code = "category_fault"
    message = _("事项目录的内容有误")


class CategoryInUse(Conflict):
    code = "category_in_use"
    message = _("该事项已被工单或规则使用，请停用而不要删除")


class CategoryNamed(Conflict):
    code = "category_named"
    message = _("该事项已被工单、规则或权责条目使用，不能改换大类，请停用后另建")


class ListIsEmpty(Conflict):
    code = "list_is_empty"
    message = _("清单还没有条目，不能提交")


class ListHasErrors(Conflict):
    code = "list_has_errors"
    message = _("清单检查有错误，改正后才能提交或发布")
