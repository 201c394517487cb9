"""Lines of the made-up list that hold in one place only, and matters of which it says nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Narrower:
    """``where``: a street's or community's code, or a kind of grid; ``lead``: a function, or the code of a unit.

    The line takes the place of a matter's last one; with ``matter_class`` it is about the whole class.
    """

    matter: str
    level: str
    area: str
    where: str
    lead: str
    words: str
    matter_class: str = ""


# No line names them, and nobody thought of their class.
SILENT = frozenset({"01ZR1", "0806", "1005", "1306"})
_S, _D = "street", "district"
NARROWER: tuple[Narrower, ...] = (
    Narrower("0101", _S, "grid_kind", "dedicated", "mobile_squad", "专属网格内清运"),
    Narrower("0103", _S, "street", "320111004", "mobile_squad", "江浦商圈定点值守"),
    Narrower("0103", _S, "community", "320111004002", "market", "人民桥市场周边疏导"),
    Narrower("0104", _S, "community", "320111004015", "mobile_squad", "珠江社区夜市疏导"),
    Narrower("0204", _S, "community", "320111005216", "housing", "高汤村农房管理"),
    Narrower("0302", _S, "street", "320111005", "housing", "桥林未移交道路"),
    Narrower("0401", _S, "street", "320111402", "market", "度假区餐饮单位"),
    Narrower("0602", _S, "community", "320111001020", "emergency", "大桥社区老旧楼栋"),
    Narrower("0604", _S, "grid_kind", "dedicated", "housing", "专属网格消防设施"),
    Narrower("0805", _S, "district", "", "market", "其他食品安全事项", "08"),
    Narrower("0902", _S, "grid_kind", "dedicated", "public_security", "专属网格门前停放"),
    Narrower("0902", _S, "street", "320111001", "mobile_squad", "泰山地铁站口"),
    Narrower("1002", _S, "grid_kind", "dedicated", "mobile_squad", "专属网格公共设施"),
    Narrower("1101", _S, "community", "320111002015", "civil_affairs", "珍珠路社区调解"),
    Narrower("1301", _S, "street", "320111402", "mobile_squad", "度假区景区治安"),
    Narrower("1304", _S, "street", "320111003", "mobile_squad", "沿江圩堤值守"),
    Narrower("0301", _D, "street", "320111005", "320111-housing", "桥林未移交道路"),
    Narrower("0303", _D, "street", "320111004", "power", "江浦老城路灯"),
    Narrower("0402", _D, "street", "320111007", "environment", "盘城工地噪声"),
    Narrower("0403", _D, "street", "320111402", "environment", "度假区工地扬尘"),
    Narrower("0601", _D, "grid_kind", "dedicated", "emergency", "专属网格消防通道"),
    Narrower("0705", _D, "district", "", "320111-culture", "文旅广告"),
    Narrower("1303", _D, "street", "320111001", "urban_management", "泰山犬只管理"),
    Narrower("1401", _D, "street", "320111400", "planning", "老山林场绿化"),
    Narrower("1402", _D, "street", "320111400", "planning", "老山林场树木"),
    Narrower("1405", _D, "grid_kind", "dedicated", "planning", "专属网格占用耕地"),
)
