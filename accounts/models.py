"""People and machines that may sign in, what they did, and the answers they were given."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class UserKind(models.TextChoices):
    STAFF = "staff", _("工作人员")
    CITIZEN = "citizen", _("市民")
    SOURCE = "source", _("来源平台")


class Officer(models.TextChoices):
    """The three officers. One column, so that nobody can be two of them."""

    SYSADMIN = "sysadmin", _("系统管理员")
    SECADMIN = "secadmin", _("安全管理员")
    AUDITADMIN = "auditadmin", _("审计管理员")


class AuditAction(models.TextChoices):
    """What this room records. Other rooms may record codes of their own."""

    SIGNED_IN = "signed_in", _("登录")
    SIGNED_OUT = "signed_out", _("退出")
    SIGN_IN_FAILED = "sign_in_failed", _("登录失败")
    SIGN_IN_LOCKED = "sign_in_locked", _("登录锁定")
    TOKEN_ISSUED = "token_issued", _("签发令牌")
    TOKEN_REVOKED = "token_revoked", _("注销令牌")
    PASSWORD_CHANGED = "password_changed", _("修改密码")
    USER_CREATED = "user_created", _("新建账号")
    USER_CHANGED = "user_changed", _("修改账号")
    USER_DROPPED = "user_dropped", _("删除账号")
    PASSWORD_ISSUED = "password_issued", _("发放一次性密码")
    PASSWORD_ASKED = "password_asked", _("申请重置密码")
    PASSWORD_TAKEN = "password_taken", _("任职前作废密码")
    ACCESS_CLOSED = "access_closed", _("停用账号")
    ACCESS_RESTORED = "access_restored", _("恢复账号")
    OFFICER_CREATED = "officer_created", _("任命三员")


class User(AbstractUser):
    full_name = models.CharField(_("姓名"), max_length=60, blank=True)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True, db_default="", default="")
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    kind = models.CharField(_("账号类型"), max_length=10, choices=UserKind.choices, default=UserKind.STAFF)
    officer = models.CharField(_("三员身份"), max_length=10, choices=Officer.choices, blank=True, default="")
    # Set while an officer has seen the password: it opens the page to change it, and nothing else.
    one_time_until = models.DateTimeField(_("一次性密码有效至"), null=True, blank=True, editable=False)
    # Derived, so that the door of the admin can never disagree with the officer's post.
    is_staff = models.GeneratedField(
        verbose_name=_("可进入管理后台"),
        expression=models.Case(
            models.When(officer="", then=models.Value(value=False)), default=models.Value(value=True)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=UserKind.values),
                name="user_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(officer="") | models.Q(officer__in=Officer.values, kind=UserKind.STAFF),
                name="user_officer_known_and_staff",
            ),
            models.CheckConstraint(
                # A superuser would be all three officers at once.
                condition=models.Q(is_superuser=False),
                name="user_never_super",
                violation_error_message=_("平台实行三员分立，不设超级管理员"),
            ),
        )

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def must_change_password(self) -> bool:
        """True while the password is a one-time one."""
        return self.one_time_until is not None

    @property
    def has_own_key(self) -> bool:
        """True if the person alone knows the password: it was set after the one-time one, or before there were any."""
        return self.one_time_until is None and self.has_usable_password()

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class AuditEntry(models.Model):
    """One line of the audit log. Append-only: a database trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField(_("时间"), db_default=Now(), editable=False)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="audit_entries", verbose_name=_("操作人")
    )
    action = models.CharField(_("动作"), max_length=64)
    object_label = models.CharField(_("对象"), max_length=200, blank=True)
    detail = models.JSONField(_("详情"), default=dict, blank=True)
    ip = models.GenericIPAddressField(_("来源地址"), null=True, blank=True)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ("-pk",)
        indexes = (
            # The audit officer's list by time and by person.
            models.Index(fields=["-at"], name="audit_by_time"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            # Who gave somebody a key, asked before a post is confirmed.
            models.Index(
                fields=["object_label", "-at"],
                condition=models.Q(action=AuditAction.PASSWORD_ISSUED),
                name="audit_of_passwords",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action_label} {self.object_label}".strip()

    @property
    def action_label(self) -> str:
        return str(AuditAction(self.action).label) if self.action in AuditAction.values else self.action


class PasswordRequest(models.Model):
    """One officer asks that the other gives somebody a new one-time password."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("人员"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("申请人"))
    reason = models.CharField(_("理由"), max_length=200)
    asked_at = models.DateTimeField(_("申请时间"), db_default=Now(), editable=False)
    until = models.DateTimeField(_("有效至"))
    used_at = models.DateTimeField(_("发放时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("密码重置申请")
        ordering = ("-pk",)
        indexes = (models.Index(fields=["user"], condition=models.Q(used_at=None), name="password_request_open"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at}"


class IdempotencyRecord(models.Model):
    """The answer once given to (user, path, key); written in the transaction of its effect."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("账号"))
    path = models.CharField(_("路径"), max_length=300)
    key = models.CharField(_("幂等键"), max_length=200)
    body_hash = models.CharField(_("请求摘要"), max_length=64)
    status = models.PositiveSmallIntegerField(_("状态码"))
    body = models.TextField(_("响应"), blank=True)  # As sent: a replay is the same to the byte.
    headers = models.JSONField(_("响应头"), default=dict)
    created_at = models.DateTimeField(_("时间"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("幂等记录")
        verbose_name_plural = _("幂等记录")
        constraints = (models.UniqueConstraint(fields=["user", "path", "key"], name="idempotency_once"),)
        indexes = (models.Index(fields=["created_at"], name="idempotency_by_age"),)  # The purge of old records.

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
