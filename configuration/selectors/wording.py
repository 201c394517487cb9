"""The audit log in Chinese: its stable codes are for programs, people read what was done to what."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.utils.translation import gettext_lazy as _

NOUNS = {
    "district": _("区"),
    "street": _("街道"),
    "community": _("社区"),
    "grid": _("网格"),
    "norms": _("网格标准"),
    "groundplan": _("网格调整方案"),
    "unit": _("单位"),
    "secondment": _("派驻"),
    "entrusted": _("委托服务"),
    "membership": _("岗位"),
    "appointmentlist": _("任职名单"),
    "departure": _("离任"),
    "element_type": _("要素类型"),
    "elements": _("要素"),
    "element": _("要素"),
    "camera": _("视频点位"),
    "gateway": _("视频网关"),
    "course": _("课程"),
    "training": _("培训"),
    "session": _("培训场次"),
    "recruitment": _("楼栋长征集"),
    "notice": _("公示"),
    "steward": _("楼栋长"),
    "building": _("楼栋"),
    "paymentlist": _("补贴发放表"),
    "budget": _("补贴预算"),
    "category": _("事项"),
    "admitted_category": _("准入事项"),
    "admission": _("事项准入"),
    "paper": _("准入材料"),
    "calendar": _("工作日历"),
    "calendar_draft": _("日历草稿"),
    "calendardraft": _("日历草稿"),
    "calendar_days": _("日历日期"),
    "deadline": _("时限"),
    "deadlines": _("时限草稿"),
    "deadline_draft": _("时限草稿"),
    "deadlinedraft": _("时限草稿"),
    "recomputation": _("时限重算"),
    "responsibilityversion": _("权责清单"),
    "responsibilities": _("权责清单"),
    "responsibility": _("权责建议"),
    "import": _("导入"),
    "table": _("数据表"),
    "channel": _("消息通道"),
    "channel_secret": _("消息通道密钥"),
    "message": _("消息"),
    "message_template": _("消息模板"),
    "robot_preferences": _("群机器人设置"),
}
VERBS = {
    "created": _("新建"),
    "create": _("新建"),
    "changed": _("修改"),
    "tested": _("测试"),
    "resent": _("重新发送"),
    "change": _("修改"),
    "ended": _("停用"),
    "dropped": _("删除"),
    "drop": _("删除"),
    "drafted": _("起草"),
    "draft": _("起草"),
    "start": _("起草"),
    "edited": _("修改"),
    "edit": _("修改"),
    "submitted": _("提交"),
    "approved": _("批准"),
    "refused": _("退回"),
    "withdrawn": _("撤回"),
    "discarded": _("放弃"),
    "accepted": _("采纳"),
    "applied": _("执行"),
    "proposed": _("提出"),
    "published": _("发布"),
    "publish": _("发布"),
    "opened": _("开始"),
    "put": _("写入"),
    "lines_put": _("写入条目"),
    "line_dropped": _("删除条目"),
    "add": _("添加"),
    "closed": _("关闭"),
    "reopened": _("重新启用"),
    "started": _("到任"),
    "deputy": _("指定副职"),
    "people": _("调整人员"),
    "paid": _("付款"),
    "split": _("拆分网格"),
    "merge": _("合并网格"),
    "reshape": _("调整边界"),
    "move": _("移动顶点"),
    "draw": _("绘制网格"),
    "remove": _("删除网格"),
    "describe": _("修改属性"),
    "repair": _("修复缝隙"),
    "undone": _("撤销"),
    "import": _("导入边界"),
    "in_force": _("生效"),
    "obstructed": _("未能生效"),
    "scheduled": _("待生效"),
    "cancelled": _("取消"),
    "taken_back": _("撤销"),
    "uploaded": _("上传"),
    "check_started": _("检查"),
    "apply_started": _("开始导入"),
    "undo_started": _("开始撤销"),
    "exported": _("导出"),
    "activate": _("启用"),
    "recorded": _("登记"),
}


@cache
def action_words(action: str) -> str:
    """What a code of the audit log says, or the code where nobody has worded it."""
    said = action.rpartition(".")[2]
    for noun, word in NOUNS.items():
        for verb, done in VERBS.items():
            if said in (f"{noun}_{verb}", f"{verb}_{noun}"):
                return f"{word}：{done}"
    return str(NOUNS.get(said, action))


@cache
def field_words(name: str) -> str:
    """The label of a field of that name, wherever it is; the name itself where there is none."""
    return _labels().get(name, name)


@cache
def _labels() -> dict[str, str]:
    ours = ("grids", "catalogue", "configuration", "accounts")
    found: dict[str, str] = {}
    for label in ours:
        for model in apps.get_app_config(label).get_models():
            for each in model._meta.fields:
                found.setdefault(each.name, str(each.verbose_name))
    return found
