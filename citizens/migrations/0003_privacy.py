import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

FIRST = """我们收集什么
匿名反映：只收您写的话、您选的位置和您上传的图片、语音、视频。不收姓名、号码，也不记录您的网络地址和手机型号。
用手机号登录：加收手机号和您愿意留的称呼。号码加密保存，页面上只显示前三位和后四位。
不登录而留下手机号：加收您用验证码验证过的号码，只为回访这一件事，同样加密保存。

用来做什么
把您反映的事送到负责的单位办理，并把结果告诉您。手机号只用来登录、回访，以及在您同意时通知结果。

谁能看到
负责受理、派遣、办理和核查这件事的工作人员能看到您反映的内容。要看完整号码，必须写明理由，每次都记入审计日志。
我们不把您的信息卖给或交给无关的人。法律规定必须提供的除外。

您可以做什么
登录后随时可以看到我们保存了您的哪些信息，可以下载、更正、撤回同意，也可以注销账号。
注销后手机号和称呼立刻删除。您反映的事会继续办理，但不再和您有关。

保存多久
到期自动删除，每类信息的期限列在本页下方。
"""
KEPT_AS_IT_IS = """
CREATE FUNCTION citizens_keep_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.effective_at IS NOT NULL THEN
        RAISE EXCEPTION 'a privacy notice in force is not changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER privacynotice_kept BEFORE UPDATE OR DELETE ON citizens_privacynotice
FOR EACH ROW EXECUTE FUNCTION citizens_keep_notice();
"""
UNDONE = """
DROP TRIGGER privacynotice_kept ON citizens_privacynotice;
DROP FUNCTION citizens_keep_notice();
"""


def first_notice(apps, schema_editor):
    now = timezone.now()
    apps.get_model("citizens", "PrivacyNotice").objects.create(version=1, text=FIRST, drafted_at=now, effective_at=now)


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0002_reporting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="contact",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="市民",
                    ),
                ),
                ("sealed", models.TextField(editable=False, verbose_name="手机号（密文）")),
                (
                    "blind_index",
                    models.CharField(editable=False, max_length=64, unique=True, verbose_name="手机号索引"),
                ),
                ("shown_phone", models.CharField(max_length=16, verbose_name="手机号（遮盖）")),
                ("verified_at", models.DateTimeField(verbose_name="验证时间")),
            ],
            options={
                "verbose_name": "市民联系方式",
                "verbose_name_plural": "市民联系方式",
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30, verbose_name="内容")),
                ("began_at", models.DateTimeField(verbose_name="开始")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束")),
                ("kept_until", models.DateTimeField(verbose_name="清理此时之前")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="条数")),
            ],
            options={
                "verbose_name": "到期清理",
                "verbose_name_plural": "到期清理",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="PrivacyNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="版本")),
                ("text", models.TextField(max_length=20000, verbose_name="正文")),
                ("changes", models.TextField(blank=True, max_length=1000, verbose_name="修改说明")),
                ("drafted_at", models.DateTimeField(verbose_name="起草时间")),
                ("effective_at", models.DateTimeField(null=True, verbose_name="生效时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "隐私告知",
                "verbose_name_plural": "隐私告知",
                "ordering": ("-version",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("drafted_by", None),
                            models.Q(("decided_by", None), ("effective_at", None)),
                            models.Q(("drafted_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="privacynotice_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("drafted_by", None), ("effective_at", None), ("decided_by__isnull", False), _connector="OR"
                        ),
                        name="privacynotice_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="同意时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="citizens.receipt"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="citizens.privacynotice",
                        verbose_name="告知版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "同意记录",
                "verbose_name_plural": "同意记录",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user", None), ("receipt", None), _connector="XOR"), name="consent_of_one"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False), ("withdrawn_at", None)),
                        fields=("user", "notice"),
                        name="consent_once",
                    ),
                ],
            },
        ),
        migrations.RunPython(first_notice, migrations.RunPython.noop),
        migrations.RunSQL(KEPT_AS_IT_IS, UNDONE),
    ]
