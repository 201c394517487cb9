"""Refusals about posts and places."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, Invalid


class OfficerHoldsNoPost(Conflict):
    code = "officer_holds_no_post"
    message = _("三员账号不得担任业务岗位")


class PostHolderIsNoOfficer(Conflict):
    code = "post_holder_is_no_officer"
    message = _("该账号仍有业务岗位, 须先离任方可担任三员")


class NotStaff(Conflict):
    code = "not_staff"
    message = _("只有工作人员账号可以任职")


class PostTaken(Conflict):
    code = "post_taken"
    message = _("该岗位已有人在任")


class PostDoesNotFit(Invalid):
    code = "post_does_not_fit"
    message = _("该角色不能在此单位或网格任职")


class BoundaryFault(Invalid):
    """Boundaries that overlap, leave a gap or fall apart; ``extra`` says where."""

    code = "boundary_fault"
    message = _("边界存在交叉或盲区")
