"""Channels to the outside: register, change, exchange secrets, try. Secrets are typed and never shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.pages.base import ConfigurationPage
from configuration.pages.forms import Field, FormPage
from grids.models import District, Unit
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible
from relay.models import ROBOTS, Channel, ChannelKind
from relay.rules.gateways import ENCODINGS, METHODS, SECRETS, STANDARD_ADDRESSES, STANDARD_BODY
from relay.selectors.channels import channel_health
from relay.services import change_channel, create_channel, rotate_secret, secret_names, send_test

SECRET_LABELS: Mapping[str, Mapping[str, str | Promise]] = {
    "wecom": {"key": gettext_lazy("机器人 key")},
    "dingtalk": {"access_token": "access_token", "secret": gettext_lazy("加签密钥（SEC 开头）")},
    "sms": {"secret": gettext_lazy("签名密钥（HMAC-SHA256）")},
    "mail": {"username": gettext_lazy("用户名"), "password": gettext_lazy("密码")},
    "webhook": {"secret": gettext_lazy("签名密钥（HMAC-SHA256）")},
}
GATEWAY_WORDS = gettext_lazy(
    "占位符：{address} 号码，{text} 正文，{subject} 标题，{url} 链接，{key} 幂等键，{timestamp} 时间戳"
)
PLAIN = ("success_path", "success_value", "sign_header", "sign_text", "sign_encoding", "method", "body", "sender")


def secret_fields(kind: str, *, again: bool = False) -> list[Field]:
    hint = _("填写后替换全部旧密钥") if again else _("加密保存，之后不再显示")
    return [
        Field(f"secret_{name}", SECRET_LABELS[kind][name], "text", hint=hint, required=needed)
        for name, needed in SECRETS[kind].items()
    ]


def owner_options(kind: str) -> list[tuple[str, str]]:
    """A robot stands in the group of a unit; a gateway serves a district or everybody."""
    if kind in ROBOTS:
        units = Unit.objects.filter(active=True).order_by("level", "kind", "pinyin")
        return [(f"u:{pk}", name) for pk, name in units.values_list("pk", "name")]
    return [(f"d:{pk}", name) for pk, name in District.objects.order_by("code").values_list("pk", "name")]


class ChannelPage(ConfigurationPage):
    section = "channels"

    def channel(self, pk: int) -> Channel:
        found = Channel.objects.filter(pk=pk).first()
        if found is None:
            raise NotVisible
        return found


class Channels(ChannelPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        owners: dict[str, str] = {f"d:{pk}": name for pk, name in District.objects.values_list("pk", "short_name")}
        rows = channel_health(self.actor, clock.now())
        pks = [int(row.channel.owner[2:]) for row in rows if row.channel.owner.startswith("u:")]
        owners |= {f"u:{pk}": name for pk, name in Unit.objects.filter(pk__in=pks).values_list("pk", "short_name")}
        lines = [(row, owners.get(row.channel.owner, _("全平台")), len(secret_names(row.channel))) for row in rows]
        return self.show("channels/list.html", {"lines": lines, "kinds": ChannelKind.choices})


class ChannelForm(FormPage, ChannelPage):
    """A new channel of ``kind``, or the one with ``pk``."""

    kept: Channel | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.pk: int | None = kwargs.get("pk")
        self.kind: str = kwargs.get("kind", "")

    def allowed(self) -> bool:
        self.kept = self.channel(self.pk) if self.pk else None
        self.kind = self.kept.kind if self.kept else self.kind
        if self.kind not in ChannelKind.values:
            raise NotVisible
        return True

    @property
    def title(self) -> str:
        return self.kept.name if self.kept else _("新建%s") % ChannelKind(self.kind).label

    def fields(self) -> list[Field]:
        self.allowed()
        kept, kind = self.kept, self.kind
        options = kept.options if kept else {}
        found = [
            Field("name", _("名称"), value=kept.name if kept else "", required=True),
            Field("owner", _("服务单位") if kind in ROBOTS else _("适用范围"), "select", kept.owner if kept else "",
                  options=owner_options(kind), required=kind in ROBOTS,
                  hint="" if kind in ROBOTS else _("不选：全平台")),
            Field("address", _("地址"), value=kept.address if kept else STANDARD_ADDRESSES.get(kind, ""), required=True,
                  wide=True, hint=_("smtp://主机:端口 或 smtps://主机:端口") if kind == "mail" else
                  _("主机须由运维登记在 LIANQIN_MESSAGE_HOSTS 中；地址里不要带密钥")),
            Field("rate_per_minute", _("每分钟上限"), "int", kept.rate_per_minute if kept else 20, required=True,
                  hint=_("企业微信和钉钉机器人每分钟最多 20 条")),
            *option_fields(kind, options),
        ]  # fmt: skip
        found += [] if kept else secret_fields(kind)
        return [*found, Field("active", _("启用"), "check", kept.active if kept else False)]

    def save(self, values: dict[str, Any]) -> str:
        data = {name: values[name] for name in ("name", "address", "owner", "rate_per_minute", "active")}
        data["options"] = options_of(self.kind, values)
        if self.kept:
            change_channel(channel_id=self.kept.pk, data=data, by=self.actor)
            return _("通道已保存")
        create_channel(data={**data, "kind": self.kind}, secrets=secrets_of(values), by=self.actor)
        return _("通道已建立，可发送测试消息")

    def after(self) -> str:
        return reverse("configuration:channels")


def option_fields(kind: str, options: Mapping[str, Any]) -> list[Field]:
    if kind == "mail":
        return [
            Field("sender", _("发件地址"), value=options.get("sender", ""), required=True),
            Field("starttls", _("使用 STARTTLS"), "check", options.get("starttls", False)),
        ]
    if kind != "sms":
        return []
    encodings = [(each, each) for each in ENCODINGS]
    return [
        Field("method", _("请求方法"), "select", options.get("method", "POST"), options=[(m, m) for m in METHODS],
              required=True),
        Field("body", _("请求体（JSON）"), "long", options.get("body", STANDARD_BODY), required=True,
              hint=GATEWAY_WORDS),
        Field("headers", _("请求头（JSON）"), "long",
              json.dumps(options["headers"], ensure_ascii=False) if options.get("headers") else ""),
        Field("success_path", _("成功标志的位置"), value=options.get("success_path", ""),
              hint=_("例如 data.code；不填只看 HTTP 状态")),
        Field("success_value", _("成功时的值"), value=options.get("success_value", ""), hint=_("例如 0")),
        Field("sign_header", _("签名请求头"), value=options.get("sign_header", ""), hint=_("不填则不签名")),
        Field("sign_text", _("签名原文"), value=options.get("sign_text", ""), hint=_("默认 {timestamp} 换行 {body}")),
        Field("sign_encoding", _("签名编码"), "select", options.get("sign_encoding", "hex"), options=encodings),
    ]  # fmt: skip


def options_of(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: values[name] for name in PLAIN if values.get(name)}
    if kind == "mail" and values.get("starttls"):
        found["starttls"] = True
    if values.get("headers"):
        try:
            found["headers"] = json.loads(values["headers"])
        except ValueError:
            raise Invalid(fields={"headers": [_("不是有效的 JSON")]}) from None
    return found


def secrets_of(values: Mapping[str, Any]) -> dict[str, str]:
    return {name.removeprefix("secret_"): value for name, value in values.items() if name.startswith("secret_")}


class ChannelSecret(FormPage, ChannelPage):
    """New secrets in the place of the old ones."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.pk: int = kwargs["pk"]

    @property
    def title(self) -> str:
        return _("更换密钥：%s") % self.channel(self.pk).name

    intro = gettext_lazy("旧密钥立即停用，不能找回。更换记入审计。")

    def fields(self) -> list[Field]:
        return secret_fields(self.channel(self.pk).kind, again=True)

    def save(self, values: dict[str, Any]) -> str:
        try:
            rotate_secret(channel_id=self.pk, secrets=secrets_of(values), by=self.actor)
        except Invalid as refusal:
            raise Invalid(fields={f"secret_{name}": texts for name, texts in refusal.fields.items()}) from None
        return _("密钥已更换，请发送测试消息")

    def after(self) -> str:
        return reverse("configuration:channels")


class ChannelTest(ChannelPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            message = send_test(channel_id=pk, by=self.actor)
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return redirect("configuration:channels")
        self.tell(_("测试消息已排队，几秒后刷新查看结果"))
        return redirect("dispatch:message", pk=message.pk)
