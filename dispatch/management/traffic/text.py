"""What made-up people write. Everything here is invented; no report of a real person stands behind a sentence."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SPOTS = (
    "小区北门", "农贸市场东侧", "公交站台旁", "沿街商铺门前", "小学围墙外", "休闲广场西南角", "地下车库入口",
    "社区卫生站对面", "河堤步道", "工地围挡外", "快递驿站旁", "菜鸟柜边", "三号楼单元门口", "篮球场旁", "人行天桥下",
)  # fmt: skip
SINCE = ("今天早上", "昨天傍晚", "中午前后", "这两天", "刚才", "夜里", "上周末以来", "下班途中")
# For each class of matters: what is seen, and what is asked for.
SCENES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "01": (
        ("气味比较大", "占了半幅人行道", "路过的人只能绕行", "风一吹到处都是"),
        ("请尽快清理", "希望安排人来看一下"),
    ),
    "02": (
        ("能听到电钻声", "已经砌了一人高", "材料堆在楼下", "现场没有公示牌"),
        ("请核实有没有手续", "希望及时制止"),
    ),
    "03": (
        ("天黑后看不清", "有人差点绊倒", "已经用树枝做了标记", "雨后更明显"),
        ("请尽快修复", "先围起来也好"),
    ),
    "04": (
        ("味道飘进屋里", "晚上更明显", "窗户不敢开", "水面颜色发暗"),
        ("请到现场检测", "希望查明来源"),
    ),
    "05": (
        ("没有看到防护", "现场仍在作业", "旁边就是人行通道", "没有人看护"),
        ("请立即检查", "希望先停下来整改"),
    ),
    "06": (
        ("电动车停了一排", "杂物快堆到扶手", "通道只能侧身过", "插线板拖在地上"),
        ("请清理并提醒住户", "希望定期检查"),
    ),
    "07": (
        ("没有看到证照", "价签和收款不一致", "店家不肯开票", "宣传单说法夸大"),
        ("请核查处理", "希望给个说法"),
    ),
    "08": (
        ("生熟混放", "包装上看不清日期", "地面有积水油污", "操作人员没戴口罩"),
        ("请检查后告知结果", "希望加强巡查"),
    ),
    "09": (
        ("高峰时堵住路口", "公交车进不了站", "盲道被挡住", "已经停了很久"),
        ("请到现场疏导", "希望划线或立牌"),
    ),
    "10": (
        ("多次反映没有结果", "业主群里都在说", "已经报修过", "物业说要等"),
        ("请协调物业解决", "希望明确期限"),
    ),
    "11": (
        ("双方情绪比较激动", "谈过两次没谈拢", "邻居劝不住", "涉及好几户"),
        ("请派人调解", "希望尽早介入"),
    ),
    "12": (
        ("家里只有一位老人", "材料不知道交到哪里", "行动不太方便", "不清楚政策"),
        ("请上门了解情况", "希望告知怎么办理"),
    ),
    "13": (
        ("附近住户很担心", "晚上没有灯", "已经提醒过路人", "孩子经常路过"),
        ("请尽快排除", "希望加强巡查"),
    ),
    "14": (
        ("枝条压到电线", "面积大约半亩", "岸边有工具", "踩踏得厉害"),
        ("请到现场查看", "希望恢复原状"),
    ),
}
RESULTS = (
    "已到现场处置，{closing}。",
    "派员到场，{closing}，已拍照留存。",
    "现场已处理完毕：{closing}。",
    "经处置，{closing}，并告知周边住户。",
)
REASONS: Mapping[str, Sequence[str]] = {
    "decline": (
        "经核实不属于公共管理事项，已告知反映人其他途径",
        "现场未发现所述情况",
        "属于民事合同纠纷，建议依法解决",
    ),
    "void": ("同一来件重复登记", "演练信息，误录为正式工单"),
    "shelve": ("需待管线迁改完成后施工", "涉及年度整治计划，待计划下达", "需待雨季过后施工"),
    "register_to_district": ("需两个以上街道共同处置", "涉及区管道路，街道无处置权限", "属垂直管理单位职责"),
    "escalate": ("街道力量不足，需区级统筹设备", "权属在区级单位，多次协调未果"),
    "return_assignment": ("点位不在本单位管养范围", "经查权属为其他单位，建议改派"),
    "extend": ("配件采购需要时间", "夜间不能施工，需顺延", "需与产权单位协商"),
    "rework": ("照片看不出处置后的全貌，请补充", "现场仍有残留，请再清理", "未告知反映人，请补充联系"),
    "hand_down": ("街道具备处置条件，请属地办理", "属日常管养，请街道落实"),
    "contest": ("情况仍然存在，请再核实一次", "与实际不符，当时拍有照片"),
    "reopen": ("回访反映问题又出现", "抽查发现没有彻底解决"),
    "withdraw": ("问题已经自行解决，撤回", "重复反映，撤回"),
    "relocate": ("核对照片后更正点位",),
    "arbitrate": ("按职责清单由该单位牵头",),
    "adjust": ("需要配合现场秩序",),
    "override": ("协办内容已由主办一并完成",),
    "pass_up": ("超出社区处置能力，请街道派遣",),
    "resume": ("条件已具备，恢复办理",),
    "approve": ("同意", "情况属实，同意"),
    "refuse": ("理由不充分，请继续办理", "请先到现场核实"),
}
INSTRUCTIONS = ("请现场核实后处置，处置前后各拍一张照片", "请注意安全，必要时先围挡", "请与反映人联系后上门", "")
# Names that nobody would take for a person's.
CALLERS = ("市民甲", "市民乙", "市民丙", "住户丁", "商户戊")


@dataclass(frozen=True, slots=True)
class Written:
    title: str
    description: str
    address: str


def report(category: Mapping[str, Any], community: str, dice: random.Random) -> Written:
    """A report of a matter near a spot of a community."""
    spot, since = dice.choice(SPOTS), dice.choice(SINCE)
    seen, asked = SCENES.get(str(category["code"])[:2], SCENES["13"])
    condition = dice.choice(category.get("registration_conditions") or [category["name"]])
    address = f"{community}{spot}"
    return Written(
        title=f"{spot}{category['name']}"[:80],
        description=f"{since}发现{address}有{category['name']}的情况：{condition}，{dice.choice(seen)}。"
        f"{dice.choice(asked)}。",
        address=address,
    )


def repeated(first: Written, dice: random.Random) -> Written:
    """The same matter in somebody else's words."""
    again = dice.choice(("又看到", "也遇到", "同样反映"))
    return Written(first.title, f"{again}: {first.description}", first.address)


def result(category: Mapping[str, Any] | None, dice: random.Random) -> str:
    closings = (category or {}).get("closing_conditions") or ["情况已处理"]
    return dice.choice(RESULTS).format(closing="、".join(closings))


def reason(action: str, dice: random.Random) -> str:
    return dice.choice(REASONS.get(action, ("按规定办理",)))
