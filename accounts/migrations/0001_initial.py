"""The shape of accounts, and the trigger that keeps the audit log append-only."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accounts_audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
"""
DROP_APPEND_ONLY = """
DROP TRIGGER accounts_audit_append_only ON accounts_auditentry;
DROP FUNCTION accounts_audit_refuse();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. "
                        "Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("full_name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                (
                    "kind",
                    models.CharField(
                        choices=[("staff", "工作人员"), ("citizen", "市民"), ("source", "来源平台")],
                        default="staff",
                        max_length=10,
                        verbose_name="账号类型",
                    ),
                ),
                (
                    "officer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sysadmin", "系统管理员"),
                            ("secadmin", "安全管理员"),
                            ("auditadmin", "审计管理员"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="三员身份",
                    ),
                ),
                (
                    "is_staff",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(officer="", then=models.Value(value=False)), default=models.Value(value=True)
                        ),
                        output_field=models.BooleanField(),
                        verbose_name="可进入管理后台",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. "
                        "A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "账号",
                "verbose_name_plural": "账号",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["staff", "citizen", "source"])), name="user_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("officer", ""),
                            models.Q(("kind", "staff"), ("officer__in", ["sysadmin", "secadmin", "auditadmin"])),
                            _connector="OR",
                        ),
                        name="user_officer_known_and_staff",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_superuser", False)),
                        name="user_never_super",
                        violation_error_message="平台实行三员分立，不设超级管理员",
                    ),
                ],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="时间"
                    ),
                ),
                ("action", models.CharField(max_length=64, verbose_name="动作")),
                ("object_label", models.CharField(blank=True, max_length=200, verbose_name="对象")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="详情")),
                ("ip", models.GenericIPAddressField(blank=True, null=True, verbose_name="来源地址")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_entries",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
            ],
            options={
                "verbose_name": "审计记录",
                "verbose_name_plural": "审计记录",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=["-at"], name="audit_by_time"),
                    models.Index(fields=["actor", "-at"], name="audit_by_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=300, verbose_name="路径")),
                ("key", models.CharField(max_length=200, verbose_name="幂等键")),
                ("body_hash", models.CharField(max_length=64, verbose_name="请求摘要")),
                ("status", models.PositiveSmallIntegerField(verbose_name="状态码")),
                ("body", models.TextField(blank=True, verbose_name="响应")),
                ("headers", models.JSONField(default=dict, verbose_name="响应头")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="时间"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "幂等记录",
                "verbose_name_plural": "幂等记录",
                "constraints": [models.UniqueConstraint(fields=("user", "path", "key"), name="idempotency_once")],
                "indexes": [models.Index(fields=["created_at"], name="idempotency_by_age")],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
    ]
