"""What made-up people write: every place name, matter and sentence is invented here, none is taken from a report."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.management.traffic.text import INSTRUCTIONS, REASONS, RESULTS, SCENES, SPOTS

ROAD_FIRST = "浦江珠泉星汤老山桥林永宁盘顶龙虎凤文德仁和康宏大中新明华光建兴启迎创高铁园博雨松竹梅兰桂云海天浩"
ROAD_SECOND = "口滨乌源甸华泉园兴安城山宁化昌康泰定远信义达阳春秋景辉盛发丰茂沿新合顺平坦望月湖塘溪河港埠渡岭"
ROAD_TAILS = ("路", "路", "路", "街", "大道", "巷", "北路", "南路", "东街")
ESTATE_FIRST = "天润金水翠碧云锦荣盛华府雅和悦江山湖畔星光明月春秋阳桃李橡枫紫兰香榭柏庭"
ESTATE_TAILS = ("苑", "花园", "新村", "雅居", "家园", "公寓", "小区", "名邸", "佳园", "里")
SHOP_TAILS = (
    "超市",
    "小吃店",
    "五金店",
    "理发店",
    "水果铺",
    "面馆",
    "药房",
    "早点铺",
    "修车铺",
    "奶茶店",
    "烟酒店",
    "洗衣店",
)
SINCE = ("今天早上", "昨天傍晚", "中午前后", "这两天", "刚才", "夜里", "上周末以来", "下班途中", "连续几天", "雨停之后",
         "节后", "一个多星期", "凌晨", "傍晚散步时", "接孩子路上", "早高峰期间")  # fmt: skip
MORE = (
    "之前也向物业说过一次", "旁边有监控可以查看", "附近住的多是老人", "希望处理后电话告知", "白天和晚上情况不一样",
    "同一位置已经是第二次", "车辆经过时很危险", "可以在现场等工作人员", "有照片可以提供", "对面单元也有同样情况",
    "围观的人不少", "已经影响到正常通行", "雨天会更严重", "下水有异味", "门口保安说不归他们管", "井盖附近要小心",
    "楼道灯也坏了一盏", "树枝离电线很近", "消防车进不来", "孩子上学每天经过",
)  # fmt: skip
DIRECTIONS = ("东侧", "西侧", "南侧", "北侧", "门口", "对面", "拐角处", "路口", "北门", "南门", "沿线")
CALLERS = ("市民甲", "市民乙", "市民丙", "住户丁", "商户戊", "居民己", "业主庚", "路人辛", "租户壬", "店主癸")
COMMENTS = ("现场已核对", "已电话联系反映人", "情况属实, 处理到位", "与照片一致", "已告知反映人")
ANSWERS = ("同意", "情况属实, 同意", "同意, 请按期完成", "理由不充分, 请继续办理", "请先到现场核实")


class About(Protocol):
    """A category, as far as words need it."""

    @property
    def name(self) -> str: ...
    @property
    def top(self) -> str: ...
    @property
    def conditions(self) -> tuple[str, ...]: ...
    @property
    def closings(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What is to be found in one community."""

    community: str
    roads: tuple[str, ...]
    estates: tuple[str, ...]
    shops: tuple[str, ...]


def around(community: str, dice: random.Random) -> Around:
    roads = tuple(dice.choice(ROAD_FIRST) + dice.choice(ROAD_SECOND) + dice.choice(ROAD_TAILS) for _ in range(9))
    estates = tuple("".join(dice.sample(ESTATE_FIRST, 2)) + dice.choice(ESTATE_TAILS) for _ in range(7))
    shops = tuple(dice.choice(ROAD_FIRST) + dice.choice(ESTATE_FIRST) + dice.choice(SHOP_TAILS) for _ in range(8))
    return Around(community, roads, estates, shops)


class Writer:
    """The texts of one order; the same kind asked for twice gives another sentence."""

    def __init__(self, dice: random.Random, place: Around, about: About) -> None:
        self.dice, self.place, self.about = dice, place, about
        self.where = self._somewhere()

    def __call__(self, kind: str) -> str:
        base, _, action = kind.partition(".")
        return TEXTS[base](self, action)

    def _somewhere(self) -> str:
        dice, place = self.dice, self.place
        drawn = dice.random()
        if drawn < 0.4:
            return f"{dice.choice(place.roads)}{dice.randint(1, 380)}号{dice.choice(DIRECTIONS)}"
        if drawn < 0.75:
            return f"{dice.choice(place.estates)}{dice.randint(1, 42)}栋{dice.choice(DIRECTIONS)}"
        if drawn < 0.88:
            return f"{dice.choice(place.roads)}{dice.choice(place.shops)}{dice.choice(DIRECTIONS)}"
        return f"{dice.choice(place.roads)}{dice.choice(SPOTS)}"

    def title(self, action: str) -> str:
        return f"{self.where}{self.about.name}"[:80]

    def address(self, action: str) -> str:
        return f"{self.place.community}{self.where}"

    def description(self, action: str) -> str:
        dice = self.dice
        seen, asked = SCENES.get(self.about.top, SCENES["13"])
        condition = dice.choice(self.about.conditions or (self.about.name,))
        more = f"{dice.choice(MORE)}。" if dice.random() < 0.55 else ""
        told = (
            f"{dice.choice(SINCE)}发现{self.address('')}有{self.about.name}的情况: {condition}, {dice.choice(seen)}。"
        )
        return f"{told}{more}{dice.choice(asked)}。"

    def result(self, action: str) -> str:
        closing = "、".join(self.about.closings or ("情况已处理",))
        return f"{self.dice.choice(RESULTS).format(closing=closing)}处置点位: {self.where}。"

    def reason(self, action: str) -> str:
        return self.dice.choice(REASONS.get(action, ("按规定办理",)))

    def pick(self, words: Sequence[str]) -> str:
        return self.dice.choice(words)


TEXTS: Mapping[str, Callable[[Writer, str], str]] = {
    "title": Writer.title,
    "address": Writer.address,
    "description": Writer.description,
    "result": Writer.result,
    "reason": Writer.reason,
    "instruction": lambda writer, action: writer.pick([each for each in INSTRUCTIONS if each]),
    "comment": lambda writer, action: writer.pick(COMMENTS),
    "answer": lambda writer, action: writer.pick(ANSWERS[:3] if action != "refuse" else ANSWERS[3:]),
    "name": lambda writer, action: writer.pick(CALLERS),
    "phone": lambda writer, action: f"139****{writer.dice.randint(0, 9999):04d}",
}
