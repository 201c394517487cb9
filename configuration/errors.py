"""Refusals of imports, each with a stable code."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, Invalid
from lianqin.kernel.errors import FileRefused as FileRefused


class MappingIncomplete(Invalid):
    code = "mapping_incomplete"
    message = _("必填的列还没有对应")


class ImportState(Conflict):
    code = "import_state"
    message = _("这次导入的状态已经变化，请刷新查看")


class ImportRunning(Conflict):
    code = "import_running"
    message = _("此表正有另一次导入在进行，请等它结束")


class ImportHasErrors(Conflict):
    code = "import_has_errors"
    message = _("还有错误未更正；更正文件后重新上传，不会部分导入")


class DataMoved(Conflict):
    code = "data_moved"
    message = _("检查之后数据已被改动，请重新检查后再导入")


class UndoBlocked(Conflict):
    """Rows that were touched since; ``rows`` names them."""

    code = "undo_blocked"
    message = _("导入之后有数据已被改动或使用，不能撤销")
