import uuid

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


KEPT_SQL = """
CREATE FUNCTION citizens_kept_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER matterevent_kept BEFORE UPDATE OR DELETE ON citizens_matterevent
FOR EACH ROW EXECUTE FUNCTION citizens_kept_for_good();
CREATE TRIGGER minutesrevision_kept BEFORE UPDATE OR DELETE ON citizens_minutesrevision
FOR EACH ROW EXECUTE FUNCTION citizens_kept_for_good();
CREATE TRIGGER minutessignature_kept BEFORE UPDATE OR DELETE ON citizens_minutessignature
FOR EACH ROW EXECUTE FUNCTION citizens_kept_for_good();
CREATE TRIGGER turnout_kept BEFORE UPDATE OR DELETE ON citizens_turnout
FOR EACH ROW EXECUTE FUNCTION citizens_kept_for_good();
CREATE TRIGGER slip_kept BEFORE UPDATE OR DELETE ON citizens_slip
FOR EACH ROW EXECUTE FUNCTION citizens_kept_for_good();
"""
KEPT_UNDONE = """
DROP TRIGGER slip_kept ON citizens_slip;
DROP TRIGGER turnout_kept ON citizens_turnout;
DROP TRIGGER minutessignature_kept ON citizens_minutessignature;
DROP TRIGGER minutesrevision_kept ON citizens_minutesrevision;
DROP TRIGGER matterevent_kept ON citizens_matterevent;
DROP FUNCTION citizens_kept_for_good();
"""
STEPS_SQL = """
CREATE FUNCTION citizens_next_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'raised' THEN
        RAISE EXCEPTION 'a matter begins by being raised' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('raised', 'discussing'), ('raised', 'declined'), ('raised', 'withdrawn'), ('discussing', 'deciding'),
        ('deciding', 'discussing'), ('deciding', 'doing'), ('doing', 'reviewing'), ('reviewing', 'closed')
    ) THEN
        RAISE EXCEPTION 'no step leads from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matter_stepwise BEFORE INSERT OR UPDATE ON citizens_matter
FOR EACH ROW EXECUTE FUNCTION citizens_next_step();
CREATE FUNCTION citizens_by_the_chair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM citizens_minutesrevision r JOIN citizens_meeting m ON m.id = r.meeting_id
        WHERE r.id = NEW.revision_id AND m.chair_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'minutes are signed by the chair' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER minutessignature_of_chair BEFORE INSERT ON citizens_minutessignature
FOR EACH ROW EXECUTE FUNCTION citizens_by_the_chair();
"""
STEPS_UNDONE = """
DROP TRIGGER minutessignature_of_chair ON citizens_minutessignature;
DROP FUNCTION citizens_by_the_chair();
DROP TRIGGER matter_stepwise ON citizens_matter;
DROP FUNCTION citizens_next_step();
"""
BALLOTS_SQL = """
CREATE FUNCTION citizens_guard_vote() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE b record;
BEGIN
    -- Held against the count.
    SELECT v.*, m.community_id, m.state AS step INTO b
    FROM citizens_ballot v JOIN citizens_matter m ON m.id = v.matter_id
    WHERE v.id = NEW.ballot_id FOR SHARE OF v;
    IF b.counted_at IS NOT NULL OR b.step <> 'deciding' OR lianqin_now() < b.opens_at OR lianqin_now() >= b.closes_at
    THEN
        RAISE EXCEPTION 'the ballot is not open' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.user_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM citizens_standing g WHERE g.user_id = NEW.user_id AND g.community_id = b.community_id
        AND g.role = 'resident' AND g.state = 'confirmed' AND g.adult
    ) THEN
        RAISE EXCEPTION 'adult residents of the community vote' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_TABLE_NAME = 'citizens_slip' THEN
        IF b.secret = (NEW.user_id IS NOT NULL) THEN
            RAISE EXCEPTION 'a secret slip has no name, an open one has' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.proposal_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM citizens_proposal p
            WHERE p.id = NEW.proposal_id AND p.matter_id = b.matter_id AND p.round = b.round
        ) THEN
            RAISE EXCEPTION 'the proposal is not put to this vote' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER turnout_guarded BEFORE INSERT ON citizens_turnout
FOR EACH ROW EXECUTE FUNCTION citizens_guard_vote();
CREATE TRIGGER slip_guarded BEFORE INSERT ON citizens_slip
FOR EACH ROW EXECUTE FUNCTION citizens_guard_vote();
CREATE FUNCTION citizens_a_slip_each() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM citizens_turnout WHERE ballot_id = NEW.ballot_id) <>
       (SELECT count(*) FROM citizens_slip WHERE ballot_id = NEW.ballot_id) THEN
        RAISE EXCEPTION 'there is one slip for each who voted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER turnout_has_slip AFTER INSERT ON citizens_turnout DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION citizens_a_slip_each();
CREATE CONSTRAINT TRIGGER slip_has_turnout AFTER INSERT ON citizens_slip DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION citizens_a_slip_each();
CREATE FUNCTION citizens_keep_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.counted_at IS NOT NULL OR (
        OLD.matter_id, OLD.round, OLD.secret, OLD.quorum, OLD.eligible, OLD.opens_at, OLD.closes_at
    ) IS DISTINCT FROM (
        NEW.matter_id, NEW.round, NEW.secret, NEW.quorum, NEW.eligible, NEW.opens_at, NEW.closes_at
    ) THEN
        RAISE EXCEPTION 'the rules and the result of a ballot do not change' USING ERRCODE = 'check_violation';
    END IF;
    IF lianqin_now() < OLD.closes_at THEN
        RAISE EXCEPTION 'the ballot is still open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_kept BEFORE UPDATE OR DELETE ON citizens_ballot
FOR EACH ROW EXECUTE FUNCTION citizens_keep_ballot();
CREATE FUNCTION citizens_keep_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM citizens_ballot b WHERE b.matter_id = OLD.matter_id AND b.round = OLD.round) THEN
        RAISE EXCEPTION 'what is put to the vote does not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER proposal_kept BEFORE UPDATE OR DELETE ON citizens_proposal
FOR EACH ROW EXECUTE FUNCTION citizens_keep_proposal();
"""
BALLOTS_UNDONE = """
DROP TRIGGER proposal_kept ON citizens_proposal;
DROP FUNCTION citizens_keep_proposal();
DROP TRIGGER ballot_kept ON citizens_ballot;
DROP FUNCTION citizens_keep_ballot();
DROP TRIGGER slip_has_turnout ON citizens_slip;
DROP TRIGGER turnout_has_slip ON citizens_turnout;
DROP FUNCTION citizens_a_slip_each();
DROP TRIGGER slip_guarded ON citizens_slip;
DROP TRIGGER turnout_guarded ON citizens_turnout;
DROP FUNCTION citizens_guard_vote();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0009_points"),
        ("grids", "0009_tile_layers"),
        ("workorders", "0011_risen_orders"),
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
                "constraints": [models.UniqueConstraint(fields=("community", "name"), name="patrolteam_name_once")],
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="patrolshift_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("places__gte", 1), ("places__lte", 60)), name="patrolshift_places"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("team", "starts_at"),
                        name="patrolshift_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["starts_at"], name="patrolshift_planned"
                    )
                ],
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("shift", "user"),
                        name="signup_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "placed")), fields=("shift", "seat"), name="signup_seat_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seat__gte", 1), ("state", "placed")),
                            models.Q(models.Q(("state", "placed"), _negated=True), ("seat", None)),
                            _connector="OR",
                        ),
                        name="signup_seated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minutes", None), ("minutes", 0), ("checked_in_at__isnull", False), _connector="OR"
                        ),
                        name="signup_counted_if_came",
                    ),
                ],
                "indexes": [models.Index(fields=["user", "-id"], name="signup_of_user")],
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "confirmed"))),
                        fields=("user", "community", "role"),
                        name="standing_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "resident"), ("state__in", ("asked", "confirmed"))),
                        fields=("user",),
                        name="standing_of_one_community",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "asked"),
                            ("state", "ended"),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="standing_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "observer"), ("state", "confirmed"), _negated=True),
                            ("until__isnull", False),
                            _connector="OR",
                        ),
                        name="standing_term",
                    ),
                ],
                "indexes": [models.Index(fields=["community", "role", "state", "-id"], name="standing_of_community")],
            },
        ),
        migrations.RunSQL(SIGNUPS_SQL, SIGNUPS_UNDONE),
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="题目")),
                ("words", models.CharField(max_length=1000, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "提事"),
                            ("discussing", "议事"),
                            ("deciding", "定事"),
                            ("doing", "办事"),
                            ("reviewing", "评事"),
                            ("closed", "已办结"),
                            ("declined", "不列入议事"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="raised",
                        max_length=10,
                        verbose_name="进行到",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="第几轮")),
                ("raised_at", models.DateTimeField(verbose_name="提出时间")),
                ("owner", models.CharField(blank=True, max_length=60, verbose_name="责任人")),
                ("due_on", models.DateField(null=True, verbose_name="完成期限")),
                ("done", models.CharField(blank=True, max_length=1000, verbose_name="办理结果")),
                ("review_until", models.DateTimeField(null=True, verbose_name="评事截止")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="删除时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提事人",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
            ],
            options={
                "verbose_name": "议事",
                "verbose_name_plural": "议事",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("doing", "reviewing", "closed")), _negated=True),
                            models.Q(models.Q(("owner", ""), _negated=True), ("due_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="matter_done_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("reviewing", "closed")), _negated=True),
                            ("review_until__isnull", False),
                            _connector="OR",
                        ),
                        name="matter_reviewed",
                    ),
                ],
                "indexes": [models.Index(fields=["community", "-id"], name="matter_of_community")],
            },
        ),
        migrations.CreateModel(
            name="MatterEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=20)),
                ("source", models.CharField(blank=True, max_length=10)),
                ("target", models.CharField(max_length=10)),
                ("who", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("facts", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="citizens.matter"
                    ),
                ),
            ],
            options={
                "verbose_name": "议事经过",
                "verbose_name_plural": "议事经过",
                "constraints": [models.UniqueConstraint(fields=("matter", "seq"), name="matterevent_seq_once")],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                ("starts_at", models.DateTimeField(verbose_name="时间")),
                ("place", models.CharField(max_length=100, verbose_name="地点")),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="主持人",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="citizens.matter"
                    ),
                ),
            ],
            options={
                "verbose_name": "议事会",
                "verbose_name_plural": "议事会",
                "constraints": [models.UniqueConstraint(fields=("matter", "round"), name="meeting_of_round")],
            },
        ),
        migrations.CreateModel(
            name="MinutesRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField(max_length=5000, verbose_name="纪要")),
                ("why", models.CharField(blank=True, max_length=200, verbose_name="修改原因")),
                ("digest", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="citizens.meeting"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "会议纪要",
                "verbose_name_plural": "会议纪要",
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "number"), name="minutes_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number", 1), models.Q(("why", ""), _negated=True), _connector="OR"),
                        name="minutes_say_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signature",
                        to="citizens.minutesrevision",
                    ),
                ),
            ],
            options={
                "verbose_name": "纪要签字",
                "verbose_name_plural": "纪要签字",
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("words", models.CharField(max_length=500, verbose_name="意见")),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="citizens.matter"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "议事意见",
                "verbose_name_plural": "议事意见",
                "indexes": [models.Index(fields=["matter", "-id"], name="opinion_of_matter")],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=300, verbose_name="方案")),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="citizens.matter"
                    ),
                ),
            ],
            options={
                "verbose_name": "方案",
                "verbose_name_plural": "方案",
                "ordering": ("round", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("matter", "round", "number"), name="proposal_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                ("secret", models.BooleanField(verbose_name="无记名")),
                ("quorum", models.PositiveIntegerField(verbose_name="至少多少人参加")),
                ("eligible", models.PositiveIntegerField(verbose_name="有表决权的居民")),
                ("opens_at", models.DateTimeField(verbose_name="开始")),
                ("closes_at", models.DateTimeField(verbose_name="截止")),
                ("counted_at", models.DateTimeField(null=True, verbose_name="计票时间")),
                ("counts", models.JSONField(default=dict, verbose_name="票数")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("carried", "通过"), ("not_carried", "没有方案过半数"), ("no_quorum", "参加人数不足")],
                        max_length=11,
                        verbose_name="结果",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="citizens.matter"
                    ),
                ),
                (
                    "carried",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="citizens.proposal",
                        verbose_name="通过的方案",
                    ),
                ),
            ],
            options={
                "verbose_name": "表决",
                "verbose_name_plural": "表决",
                "constraints": [
                    models.UniqueConstraint(fields=("matter", "round"), name="ballot_of_round"),
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at")), ("quorum__gte", 1)),
                        name="ballot_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted_at", None), ("outcome", "")),
                            models.Q(("counted_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="ballot_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("carried__isnull", False), ("outcome", "carried")),
                            models.Q(models.Q(("outcome", "carried"), _negated=True), ("carried", None)),
                            _connector="OR",
                        ),
                        name="ballot_carried",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_key", models.UUIDField(unique=True, verbose_name="标识")),
                ("words", models.CharField(max_length=300, verbose_name="看到什么")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="在哪里")),
                ("lon", models.FloatField(null=True, verbose_name="经度")),
                ("lat", models.FloatField(null=True, verbose_name="纬度")),
                ("picture", models.CharField(blank=True, max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待答复"), ("answered", "已答复")],
                        default="open",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="时间")),
                ("due_at", models.DateTimeField(verbose_name="答复期限")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("accepted", "采纳"), ("ordered", "转为工单办理"), ("explained", "说明情况")],
                        max_length=9,
                        verbose_name="结果",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="答复")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="观察员",
                    ),
                ),
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
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
            ],
            options={
                "verbose_name": "观察意见",
                "verbose_name_plural": "观察意见",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_by", None), ("outcome", ""), ("state", "open")),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("state", "answered"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="remark_answered_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order__isnull", False), ("outcome", "ordered")),
                            models.Q(models.Q(("outcome", "ordered"), _negated=True), ("order", None)),
                            _connector="OR",
                        ),
                        name="remark_ordered_has_order",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["community", "due_at"], name="remark_open"
                    ),
                    models.Index(fields=["author", "-id"], name="remark_of_author"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("solved", models.PositiveSmallIntegerField(verbose_name="办成了吗")),
                ("satisfied", models.PositiveSmallIntegerField(verbose_name="结果满意吗")),
                ("attitude", models.PositiveSmallIntegerField(verbose_name="态度怎么样")),
                ("at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="citizens.matter"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "评事",
                "verbose_name_plural": "评事",
                "constraints": [
                    models.UniqueConstraint(fields=("matter", "user"), name="review_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attitude__range", (1, 5)), ("satisfied__range", (1, 5)), ("solved__range", (1, 5))
                        ),
                        name="review_grades",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slip",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "choice",
                    models.CharField(
                        choices=[("for", "赞成"), ("against", "都不赞成"), ("abstain", "弃权")], max_length=7
                    ),
                ),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slips", to="citizens.ballot"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="citizens.proposal"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "选票",
                "verbose_name_plural": "选票",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("choice", "for"), ("proposal__isnull", False)),
                            models.Q(models.Q(("choice", "for"), _negated=True), ("proposal", None)),
                            _connector="OR",
                        ),
                        name="slip_for_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)), fields=("ballot", "user"), name="slip_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Support",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="supports", to="citizens.matter"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "附议",
                "verbose_name_plural": "附议",
                "constraints": [models.UniqueConstraint(fields=("matter", "user"), name="support_once")],
            },
        ),
        migrations.CreateModel(
            name="Turnout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="turnout", to="citizens.ballot"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "参加表决",
                "verbose_name_plural": "参加表决",
                "constraints": [models.UniqueConstraint(fields=("ballot", "user"), name="turnout_once")],
            },
        ),
        migrations.RunSQL(KEPT_SQL, KEPT_UNDONE),
        migrations.RunSQL(STEPS_SQL, STEPS_UNDONE),
        migrations.RunSQL(BALLOTS_SQL, BALLOTS_UNDONE),
    ]
