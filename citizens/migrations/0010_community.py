import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SIGNUPS_SQL = """
CREATE FUNCTION citizens_guard_signup() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE evening record;
BEGIN
    SELECT s.*, t.community_id INTO evening FROM citizens_patrolshift s JOIN citizens_patrolteam t ON t.id = s.team_id
    WHERE s.id = NEW.shift_id;
    NEW.begins_s := extract(epoch FROM evening.starts_at)::bigint;
    NEW.ends_s := extract(epoch FROM evening.ends_at)::bigint;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM citizens_standing g WHERE g.user_id = NEW.user_id AND g.community_id = evening.community_id
        AND g.role = 'volunteer' AND g.state = 'confirmed' AND (g.adult OR NOT evening.night)
    ) THEN
        RAISE EXCEPTION 'only volunteers of the community sign up, and only adults at night'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signup_guarded BEFORE INSERT OR UPDATE ON citizens_signup
FOR EACH ROW EXECUTE FUNCTION citizens_guard_signup();
-- Ranges of (person, second), as gist knows ranges without an extension: nobody is at two places at a time.
ALTER TABLE citizens_signup ADD CONSTRAINT signup_not_twice_at_a_time EXCLUDE USING gist (
    int8range(user_id * 100000000000 + begins_s, user_id * 100000000000 + ends_s) WITH &&
) WHERE (state <> 'cancelled');
CREATE FUNCTION citizens_keep_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.starts_at, OLD.ends_at, OLD.night, OLD.team_id) IS DISTINCT FROM
       (NEW.starts_at, NEW.ends_at, NEW.night, NEW.team_id) THEN
        RAISE EXCEPTION 'the hours of a planned evening do not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER patrolshift_hours_kept BEFORE UPDATE ON citizens_patrolshift
FOR EACH ROW EXECUTE FUNCTION citizens_keep_hours();
"""
SIGNUPS_UNDONE = """
DROP TRIGGER patrolshift_hours_kept ON citizens_patrolshift;
DROP FUNCTION citizens_keep_hours();
ALTER TABLE citizens_signup DROP CONSTRAINT signup_not_twice_at_a_time;
DROP TRIGGER signup_guarded ON citizens_signup;
DROP FUNCTION citizens_guard_signup();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0009_points"),
        ("grids", "0009_tile_layers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PatrolTeam",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="队名")),
                ("cancel_hours", models.PositiveSmallIntegerField(default=6, verbose_name="最晚提前几小时取消")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("created_at", models.DateTimeField(verbose_name="成立时间")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="队长",
                    ),
                ),
            ],
            options={
                "verbose_name": "巡夜队",
                "verbose_name_plural": "巡夜队",
            },
        ),
        migrations.CreateModel(
            name="PatrolShift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("night", models.BooleanField(verbose_name="夜间")),
                ("place", models.CharField(max_length=100, verbose_name="集合地点")),
                ("lon", models.FloatField(null=True, verbose_name="经度")),
                ("lat", models.FloatField(null=True, verbose_name="纬度")),
                ("places", models.PositiveSmallIntegerField(verbose_name="需要人数")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "报名中"), ("cancelled", "已取消"), ("closed", "已结束")],
                        default="planned",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="取消原因")),
                ("created_at", models.DateTimeField(verbose_name="安排时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="结束登记时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="安排人",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="citizens.patrolteam",
                        verbose_name="巡夜队",
                    ),
                ),
            ],
            options={
                "verbose_name": "巡夜班次",
                "verbose_name_plural": "巡夜班次",
            },
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("placed", "已报名"), ("waiting", "候补"), ("cancelled", "已取消")],
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("seat", models.PositiveSmallIntegerField(null=True, verbose_name="第几位")),
                ("begins_s", models.BigIntegerField(default=0, editable=False)),
                ("ends_s", models.BigIntegerField(default=0, editable=False)),
                ("at", models.DateTimeField(verbose_name="报名时间")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="取消时间")),
                ("reminded_at", models.DateTimeField(null=True, verbose_name="提醒时间")),
                ("checked_in_at", models.DateTimeField(null=True, verbose_name="签到时间")),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[("code", "签到码"), ("position", "定位"), ("leader", "队长登记")],
                        max_length=8,
                        verbose_name="签到方式",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="试错次数")),
                ("minutes", models.PositiveSmallIntegerField(null=True, verbose_name="计入分钟")),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signups",
                        to="citizens.patrolshift",
                        verbose_name="班次",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="志愿者",
                    ),
                ),
            ],
            options={
                "verbose_name": "巡夜报名",
                "verbose_name_plural": "巡夜报名",
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("resident", "居民"), ("volunteer", "志愿者"), ("observer", "幸福观察员")],
                        max_length=9,
                        verbose_name="身份",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待核实"),
                            ("confirmed", "已确认"),
                            ("refused", "未通过"),
                            ("ended", "已结束"),
                        ],
                        default="asked",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                ("adult", models.BooleanField(default=False, verbose_name="已满 18 周岁")),
                ("until", models.DateField(null=True, verbose_name="任期至")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="核实时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核实人",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="市民",
                    ),
                ),
            ],
            options={
                "verbose_name": "社区身份",
                "verbose_name_plural": "社区身份",
            },
        ),
        migrations.AddConstraint(
            model_name="patrolteam",
            constraint=models.UniqueConstraint(fields=("community", "name"), name="patrolteam_name_once"),
        ),
        migrations.AddIndex(
            model_name="patrolshift",
            index=models.Index(
                condition=models.Q(("state", "planned")), fields=["starts_at"], name="patrolshift_planned"
            ),
        ),
        migrations.AddConstraint(
            model_name="patrolshift",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="patrolshift_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="patrolshift",
            constraint=models.CheckConstraint(
                condition=models.Q(("places__gte", 1), ("places__lte", 60)), name="patrolshift_places"
            ),
        ),
        migrations.AddConstraint(
            model_name="patrolshift",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("team", "starts_at"),
                name="patrolshift_once",
            ),
        ),
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(fields=["user", "-id"], name="signup_of_user"),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True), fields=("shift", "user"), name="signup_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "placed")), fields=("shift", "seat"), name="signup_seat_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seat__gte", 1), ("state", "placed")),
                    models.Q(models.Q(("state", "placed"), _negated=True), ("seat", None)),
                    _connector="OR",
                ),
                name="signup_seated",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minutes", None), ("minutes", 0), ("checked_in_at__isnull", False), _connector="OR"
                ),
                name="signup_counted_if_came",
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(fields=["community", "role", "state", "-id"], name="standing_of_community"),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "confirmed"))),
                fields=("user", "community", "role"),
                name="standing_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "resident"), ("state__in", ("asked", "confirmed"))),
                fields=("user",),
                name="standing_of_one_community",
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "asked"),
                    ("state", "ended"),
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="standing_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "observer"), ("state", "confirmed"), _negated=True),
                    ("until__isnull", False),
                    _connector="OR",
                ),
                name="standing_term",
            ),
        ),
        migrations.RunSQL(SIGNUPS_SQL, SIGNUPS_UNDONE),
    ]
