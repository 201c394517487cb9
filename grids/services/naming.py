"""What follows from a name: how it is spelt for search, and how it is called for short."""

from __future__ import annotations

OFFICES = ("社区居民委员会", "社区居委会")
COMMITTEES = ("居民委员会", "居委会")


def pinyin_of(text: str) -> str:
    """Spell a text without tones or blanks: 江浦街道 is ``jiangpujiedao``."""
    from pypinyin import Style, lazy_pinyin  # 58 MB, 0.4 s: paid by the processes that name things.

    return "".join(lazy_pinyin(text, style=Style.NORMAL))[:200]


def short_name_of(level: str, name: str) -> str:
    """Call a division as people do: 江浦街道 is 江浦, a committee is its community or village."""
    if level == "street":
        return name.removesuffix("街道") or name
    if level == "community":
        for office in OFFICES:
            if name.endswith(office):
                return name.removesuffix(office) + "社区"
        for office in COMMITTEES:
            # A farm's committee is called by the farm; a village keeps its own word.
            if name.endswith(office):
                return name.removesuffix(office) or name
        return name.removesuffix("民委员会").removesuffix("委会")
    return name
