"""Check a message against its platform's JSON Schema (2020-12); errors in Chinese, by JSON pointer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from citizens.rules.mapping import at

MOST_FAULTS = 20
PROBES: tuple[Any, ...] = ({}, [], "", 0, None)
CIRCLE = "报文格式反复指向自身，请联系对接平台的管理员"
KINDS = {"string": "文字", "number": "数字", "integer": "整数", "object": "对象", "array": "列表", "boolean": "是或否"}


def faults_of_schema(schema: Any) -> list[str]:
    """What is wrong with a schema; no reference may leave it, since nothing is fetched."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return [f"报文格式不是有效的 JSON Schema：{pointer(error.path)}"]
    if _leaves(schema):
        return ["报文格式中的 $ref 只能指向自身"]
    if missing := sorted({each for each in _references(schema) if not _is_there(schema, each)}):
        return [f"报文格式中的 $ref 没有找到：{'、'.join(missing[:5])}"]
    try:
        for body in PROBES:
            list(Draft202012Validator(schema).iter_errors(body))
    except RecursionError:
        return [CIRCLE]
    return []


def faults_of_body(body: Any, schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """``{pointer: [what is wrong]}``; empty if the message is as agreed."""
    faults: dict[str, list[str]] = {}
    try:
        errors = list(islice(Draft202012Validator(schema).iter_errors(body), MOST_FAULTS))
    except RecursionError:
        # No message is as deep as that: the schema goes round in a circle.
        return {"/": [CIRCLE]}
    for error in errors:
        for where, text in _told(error):
            known = faults.setdefault(where or "/", [])
            known += [] if text in known else [text]
    return faults


def pointer(path: Any) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _told(error: ValidationError) -> list[tuple[str, str]]:
    """Our words: the library's would repeat the value, which may be somebody's name."""
    where: str = pointer(error.absolute_path)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "required":
        # The library tells one at a time, and not which.
        return [(where + pointer([name]), "缺少该字段") for name in wanted if name not in instance]
    return [(where, _why(str(error.validator), wanted))]


def _why(validator: str, wanted: Any) -> str:
    match validator:
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            return f"应为{'或'.join(KINDS.get(kind) or str(kind) for kind in kinds)}"
        case "maxLength":
            return f"最多 {wanted} 个字"
        case "minLength":
            return f"至少 {wanted} 个字"
        case "minItems":
            return f"至少 {wanted} 项"
        case "maxItems":
            return f"最多 {wanted} 项"
        case "const":
            return f"应为 {wanted}"
        case "uniqueItems":
            return "有重复的项"
        case "enum":
            return f"应为 {'、'.join(map(str, wanted[:10]))} 之一"
        case "pattern" | "format":
            return "格式不符合约定"
        case "maximum" | "exclusiveMaximum":
            return f"不能大于 {wanted}"
        case "minimum" | "exclusiveMinimum":
            return f"不能小于 {wanted}"
        case "additionalProperties":
            return "含有未约定的字段"
    return "不符合约定"


def _leaves(part: Any) -> bool:
    if isinstance(part, dict):
        reference = part.get("$ref", part.get("$dynamicRef", "#"))
        return not (isinstance(reference, str) and reference.startswith("#")) or any(map(_leaves, part.values()))
    return isinstance(part, list) and any(map(_leaves, part))


def _references(part: Any) -> Iterator[str]:
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _references(each)
    if isinstance(part, dict):
        yield from (part[name] for name in ("$ref", "$dynamicRef") if isinstance(part.get(name), str))


def _is_there(schema: Any, reference: str) -> bool:
    """By JSON pointer alone: what is named otherwise is not looked for."""
    return reference == "#" or (reference.startswith("#/") and at(schema, reference[1:]) is not None)
