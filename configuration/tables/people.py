"""People and the posts they are meant for: accounts at once, posts when the security officer has confirmed them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User, UserKind
from accounts.rules import USERNAME, masked_phone, username_for
from configuration.tables.base import Column, Info, Key, Line, RowFault, TableResource, table
from configuration.tables.people_left import left_of, require_untouched
from configuration.tables.telephones import Telephone
from configuration.tables.widgets import Choice, Day, Text
from grids import services
from grids.ground import in_force
from grids.models import AppointmentLine, Grid, LineState, Membership, Post, Role, Standing, Unit
from grids.permissions import Action, can
from grids.services import Wanted
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

PLACE = ("role", "post", "unit", "grid")
PHONE = re.compile(r"\+?[0-9*](?:[0-9* -]*[0-9*])?")


@table
class People(TableResource):
    info = Info(
        "people",
        _("人员与拟任岗位"),
        section="people",
        key=("username", *PLACE),
        about=_(
            "一人一岗一行，兼任多岗的写多行。账号即刻建立但没有密码（另发一次性密码）；"
            "岗位成为一份任职名单，经安全管理员确认后生效。"
        ),
    )

    username = Column(
        _("用户名"), example="wangfang", aliases=("账号", "登录名", "username"),
        widget=Text(40, USERNAME.pattern, _("须以小写字母开头，由小写字母、数字和 . _ - 组成")),
        help=_("不填则用姓名拼音，重名加序号；一人多行时须填写"),
    )  # fmt: skip
    full_name = Column(_("姓名"), required=True, example="王芳", aliases=("name", "full_name"), widget=Text(60))
    phone = Column(_("电话"), example="13800005678", aliases=("手机", "phone"), widget=Telephone(), keeps=True)
    role = Column(
        _("角色"), example="网格员", aliases=("role",), widget=Choice(Role.choices), help=_("不填则只建账号，没有岗位")
    )
    post = Column(
        _("岗位"), example="专职网格员", aliases=("post",), widget=Choice(Post.choices), help=_("只有网格员填写")
    )
    unit = Column(_("单位代码"), aliases=("unit",), help=_("网格员以外的角色填写"))
    grid = Column(_("网格代码"), example="320111004001001", aliases=("grid",), help=_("只有网格员填写，15 位"))
    standing = Column(
        _("副职或B角"), widget=Choice(Standing.choices), aliases=("standing",), help=_("不填为正职；协助同一岗位的正职")
    )
    title = Column(_("职务"), aliases=("title",), widget=Text(60))
    starts_on = Column(
        _("到任日期"), example="2026-12-01", aliases=("starts_on",), widget=Day(), default=None,
        help=_("不填或早于确认之日的，自确认之日起"),
    )  # fmt: skip

    def __init__(self, by: Actor, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(by, options)
        self._wanted: list[Wanted] = []
        self._seen: set[tuple[str, ...]] = set()
        self._opened: list[str] = []
        self._changed: list[tuple[str, str, str]] = []

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.MANAGE_ACCOUNTS)

    # -- what is there, read once a run

    @cached_property
    def accounts(self) -> dict[str, User]:
        return {user.username: user for user in User.objects.filter(kind=UserKind.STAFF)}

    @cached_property
    def names(self) -> set[str]:
        """Every user name that is taken, in the database or above in the file."""
        return set(User.objects.values_list("username", flat=True))

    @cached_property
    def known(self) -> dict[tuple[str, str], str]:
        """(name, telephone) -> user name, for files that tell no user names."""
        return {(user.full_name, user.phone): user.username for user in self.accounts.values() if user.phone}

    @cached_property
    def units(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in Unit.objects.filter(active=True)}

    @cached_property
    def grids(self) -> dict[str, Grid]:
        return {grid.code: grid for grid in Grid.objects.filter(in_force()).defer("boundary")}

    def stored(self) -> Iterator[Line]:
        """Posts held or to come, posts that wait, people without either; each once, telephone numbers masked."""
        placed: set[int] = set()
        seen: set[Key] = set()
        for post in self._posts():
            if post.user.is_active and not post.user.officer:
                placed.add(post.user_id)
                line = self._line(post.user, post)
                if (key := self.key_of(line)) not in seen:
                    seen.add(key)
                    yield line
        for user in self.accounts.values():
            if user.pk not in placed and user.is_active and not user.officer:
                yield self._line(user, None)

    def _posts(self) -> list[Membership | AppointmentLine]:
        held = Membership.objects.exclude(ends_on__lte=services.today())
        waiting = AppointmentLine.objects.filter(state=LineState.WAITING)
        both = (held.order_by("starts_on", "pk"), waiting.order_by("pk"))
        return [post for rows in both for post in rows.select_related("user", "unit", "grid").defer("grid__boundary")]

    @cached_property
    def commanders(self) -> dict[str, User]:
        """Who commands a centre, or is to, by its code; rows of the file are added as they pass."""
        return {
            post.unit.code: post.user
            for post in self._posts()
            if post.role == Role.DISTRICT_COMMANDER
            and post.unit
            and not (post.standing or getattr(post, "ends_on", None))
        }

    def _line(self, user: User, post: Membership | AppointmentLine | None) -> Line:
        line = self.begin_line()
        line.pk, line.username, line.full_name = user.pk, user.username, user.full_name
        line.phone = masked_phone(user.phone) if "*" not in user.phone else user.phone
        if post is not None:
            line.role, line.post, line.standing, line.title = post.role, post.post, post.standing, post.title
            line.unit, line.grid = post.unit.code if post.unit else "", post.grid.code if post.grid else ""
            line.starts_on = post.starts_on
        return line

    # -- one row

    def complete(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """Give a row without a user name that of the account it means, or a free one."""
        if row.get("username", "").strip() or not row.get("full_name", "").strip():
            return row
        line = self.begin_line()
        return row if super().parse(row, line) else {**row, "username": self._named(line)}

    def _named(self, line: Line) -> str:
        """Same name and telephone are the same person; without a number, who is in that very post or has none."""
        if line.phone:
            return self.known.get((line.full_name, line.phone)) or username_for(line.full_name, self.names)
        place = tuple(str(self.fields[name].export(line) or "") for name in PLACE)
        return (
            self._placed.get((line.full_name, *place))
            or self._nameless.get(line.full_name)
            or username_for(line.full_name, self.names)
        )

    @cached_property
    def _placed(self) -> dict[Key, str]:
        return {(line.full_name, *self.key_of(line)[1:]): line.username for line in self.stored()}

    @cached_property
    def _nameless(self) -> dict[str, str]:
        """Name -> user name of who has no telephone on record."""
        return {user.full_name: user.username for user in self.accounts.values() if not user.phone}

    def found(self, key: Key, row: Mapping[str, str], stored: Mapping[Key, Line]) -> Line | None:
        """A new post with another telephone changes the account that is there, and shows what it was."""
        user = self.accounts.get(key[0])
        phone = row.get("phone", "").strip()
        if key in stored or user is None or not phone or "*" in phone or phone == user.phone:
            return stored.get(key)
        return self._line(user, None)

    def parse(self, row: Mapping[str, str], onto: Line) -> dict[str, str]:
        since = onto.starts_on
        faults = super().parse(row, onto)
        if faults or "full_name" not in row:
            return faults
        user = self.accounts.get(onto.username)
        if user is not None and onto.phone == user.phone and "*" not in user.phone:
            onto.phone = masked_phone(user.phone)  # As the table shows it: nothing was changed.
        if onto.pk and onto.role and (onto.starts_on is None or onto.starts_on <= (since or services.today())):
            onto.starts_on = since  # No post begins before it was confirmed.
        return {}

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        faults: dict[str, Any] = self._account_faults(line, old)
        if old is None or not old.role:
            faults |= self._place_faults(line)
        key = self.key_of(line)
        if key in self._seen:
            faults["username"] = _("此人的同一岗位在表中已有一行")
        self._seen.add(key)
        return {name: str(text) for name, text in faults.items()}

    def _account_faults(self, line: Line, old: Line | None) -> dict[str, Any]:
        faults: dict[str, Any] = {}
        user = self.accounts.get(line.username)
        if user is None and line.username in self.names:
            faults["username"] = _("用户名已被市民或来源平台占用")
        elif user is not None and user.officer:
            faults["username"] = _("三员账号不得担任业务岗位")
        elif user is not None and user.full_name != line.full_name:
            told = _t("用户名 %(username)s 已属于%(name)s；同一人请改用同样的姓名，另一人请换用户名")
            faults["username"] = told % {"username": user.username, "name": user.full_name}
        if line.phone and (user is None or line.phone not in (user.phone, masked_phone(user.phone))):
            digits = sum(letter in "0123456789*" for letter in line.phone)
            if not PHONE.fullmatch(line.phone) or not 7 <= digits <= 20:
                faults["phone"] = _("应为 7 到 20 位数字，可带 + 和 -")
            elif user is None and "*" in line.phone:
                faults["phone"] = _("新账号须填写完整的电话，不能带 *")
        return faults

    def _place_faults(self, line: Line) -> dict[str, Any]:
        faults: dict[str, Any] = {}
        if line.unit and line.unit not in self.units:
            faults["unit"] = _("没有这个代码的启用单位")
        if line.grid and line.grid not in self.grids:
            faults["grid"] = _("没有这个代码的网格")
        if not line.role and any((line.post, line.unit, line.grid, line.standing)):
            faults["role"] = _("填写了单位、网格或岗位的，须填写角色")
        if line.role == Role.DISTRICT_COMMANDER and not line.standing and line.unit in self.units:
            holder = self.commanders.get(line.unit)
            if holder is not None and holder.username != line.username:
                told = _t("该指挥中心已有区指挥长%(who)s（在任或待确认）；请先办理其离任或免职，或把此人列为副职")
                faults["role"] = told % {"who": holder.full_name}
            elif not faults:
                self.commanders[line.unit] = User(username=line.username, full_name=line.full_name)
        return faults

    def write(self, line: Line, old: Line | None) -> None:
        user = self._account(line)
        if not line.role or self._stands(line, old):
            return
        wanted = Wanted(
            user=user, role=line.role, unit=self.units.get(line.unit), grid=self.grids.get(line.grid), post=line.post,
            standing=line.standing, title=line.title, starts_on=line.starts_on,
        )  # fmt: skip
        services.require_draftable(wanted)
        self._wanted.append(wanted)

    def _account(self, line: Line) -> User:
        """The account of a row: opened if nobody has it, corrected if the telephone differs."""
        user = self.accounts.get(line.username)
        if user is None:
            user = services.open_account(
                full_name=line.full_name, username=line.username, phone=line.phone or "", by=self.by
            )
            self.accounts[user.username] = user
            self.names.add(user.username)
            if user.phone:
                self.known[user.full_name, user.phone] = user.username
            self._opened.append(user.username)
            return user
        phone = user.phone if not line.phone or "*" in line.phone else line.phone
        if phone != user.phone:
            if user.username not in self._opened:
                self._changed.append((user.username, user.full_name, user.phone))
            # The name as it is now: somebody may have corrected it since the accounts were read.
            now = User.objects.select_for_update(no_key=True).get(pk=user.pk)
            user = services.change_account(user=user, full_name=now.full_name, phone=phone, by=self.by)
            self.accounts[user.username] = user
        return user

    def _stands(self, line: Line, old: Line | None) -> bool:
        """Whether the post of the row is held or waits already; its other cells are changed on the person's page."""
        if old is None or not old.role:
            return False
        same = all(getattr(line, name) == getattr(old, name) for name in ("standing", "title", "starts_on"))
        if not same:
            raise RowFault({"role": _t("在任或待确认的岗位不能用表格改职务、身份或日期，请在人员页办理")})
        return True

    def finish(self) -> None:
        """Hand the posts of the file to the security officer, as one list."""
        if self._wanted:
            day = timezone.localdate(clock.now())
            title = _t("%(day)s 导入的任职名单（%(n)d 项）") % {"day": day, "n": len(self._wanted)}
            made = services.draft_appointments(title=title, lines=self._wanted, by=self.by)
            services.submit_appointments(list_id=made.pk, by=self.by)
            self.outcome |= {"url_name": "configuration:appointment-list", "args": [made.pk]}
            self._wanted = []
        if self._opened or self._changed:
            touched = [self.accounts[name] for name in (*self._opened, *(name for name, *_old in self._changed))]
            self.outcome |= {"opened": self._opened, "changed": self._changed, "left": left_of(touched)}

    def undo_whole(self, outcome: Mapping[str, Any]) -> bool:
        """Take back the list while nobody has decided on it, then the accounts while nobody has touched them."""
        require_untouched(outcome.get("left", {}))
        for list_id in outcome.get("args", ()):
            services.discard_appointments(list_id=list_id, by=self.by)
        for user in User.objects.filter(username__in=outcome.get("opened", ())):
            services.drop_account(user=user, by=self.by)
        for username, full_name, phone in outcome.get("changed", ()):
            services.change_account(user=self.accounts[username], full_name=full_name, phone=phone, by=self.by)
        return True
