"""The ledger of points, the shop and tips: what balances and stock are, the database itself proves."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock

APPEND_ONLY = """
CREATE FUNCTION citizens_points_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger of points is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER pointstransaction_append_only BEFORE UPDATE OR DELETE ON citizens_pointstransaction
FOR EACH ROW EXECUTE FUNCTION citizens_points_append_only();
CREATE TRIGGER pointsentry_append_only BEFORE UPDATE OR DELETE ON citizens_pointsentry
FOR EACH ROW EXECUTE FUNCTION citizens_points_append_only();
CREATE TRIGGER pointsaward_append_only BEFORE UPDATE OR DELETE ON citizens_pointsaward
FOR EACH ROW EXECUTE FUNCTION citizens_points_append_only();
CREATE TRIGGER pointsclaim_append_only BEFORE UPDATE OR DELETE ON citizens_pointsclaim
FOR EACH ROW EXECUTE FUNCTION citizens_points_append_only();
CREATE TRIGGER stockmove_append_only BEFORE UPDATE OR DELETE ON citizens_stockmove
FOR EACH ROW EXECUTE FUNCTION citizens_points_append_only();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER stockmove_append_only ON citizens_stockmove;
DROP TRIGGER pointsclaim_append_only ON citizens_pointsclaim;
DROP TRIGGER pointsaward_append_only ON citizens_pointsaward;
DROP TRIGGER pointsentry_append_only ON citizens_pointsentry;
DROP TRIGGER pointstransaction_append_only ON citizens_pointstransaction;
DROP FUNCTION citizens_points_append_only();
"""
# At the end of the transaction: two entries at least, and a sum of zero.
SUM_TO_ZERO = """
CREATE FUNCTION citizens_points_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which bigint; entries bigint; total numeric;
BEGIN
    IF TG_TABLE_NAME = 'citizens_pointsentry' THEN which := NEW.transaction_id; ELSE which := NEW.id; END IF;
    SELECT count(*), coalesce(sum(amount), 0) INTO entries, total
    FROM citizens_pointsentry WHERE transaction_id = which;
    IF entries < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'entries of points transaction % do not sum to zero', which USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pointsentry_sum_to_zero AFTER INSERT ON citizens_pointsentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION citizens_points_sum_to_zero();
CREATE CONSTRAINT TRIGGER pointstransaction_sum_to_zero AFTER INSERT ON citizens_pointstransaction
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION citizens_points_sum_to_zero();
"""
NO_SUM = """
DROP TRIGGER pointstransaction_sum_to_zero ON citizens_pointstransaction;
DROP TRIGGER pointsentry_sum_to_zero ON citizens_pointsentry;
DROP FUNCTION citizens_points_sum_to_zero();
"""
# A balance and a stock begin at nothing and change by what is written below them alone: at depth 1 somebody else does.
FOLLOW = """
CREATE FUNCTION citizens_points_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE citizens_pointsaccount SET balance = balance + NEW.amount WHERE id = NEW.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER pointsentry_add AFTER INSERT ON citizens_pointsentry
FOR EACH ROW EXECUTE FUNCTION citizens_points_add();
CREATE FUNCTION citizens_balance_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND NEW.balance <> 0)
       OR (TG_OP = 'UPDATE' AND NEW.balance <> OLD.balance AND pg_trigger_depth() < 2) THEN
        RAISE EXCEPTION 'a balance follows from its entries' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pointsaccount_follows BEFORE INSERT OR UPDATE OR DELETE ON citizens_pointsaccount
FOR EACH ROW EXECUTE FUNCTION citizens_balance_follows();
CREATE FUNCTION citizens_stock_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE citizens_reward SET stock = stock + NEW.delta WHERE id = NEW.reward_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stockmove_add AFTER INSERT ON citizens_stockmove
FOR EACH ROW EXECUTE FUNCTION citizens_stock_add();
CREATE FUNCTION citizens_stock_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.stock <> 0)
       OR (TG_OP = 'UPDATE' AND NEW.stock <> OLD.stock AND pg_trigger_depth() < 2) THEN
        RAISE EXCEPTION 'stock follows from its moves' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reward_stock_follows BEFORE INSERT OR UPDATE ON citizens_reward
FOR EACH ROW EXECUTE FUNCTION citizens_stock_follows();
"""
FOLLOW_NO_MORE = """
DROP TRIGGER reward_stock_follows ON citizens_reward;
DROP FUNCTION citizens_stock_follows();
DROP TRIGGER stockmove_add ON citizens_stockmove;
DROP FUNCTION citizens_stock_add();
DROP TRIGGER pointsaccount_follows ON citizens_pointsaccount;
DROP FUNCTION citizens_balance_follows();
DROP TRIGGER pointsentry_add ON citizens_pointsentry;
DROP FUNCTION citizens_points_add();
"""
# Below every account of a citizen, so that whoever locks in the order of ids takes these first.
OWN_ACCOUNTS = """
INSERT INTO citizens_pointsaccount (kind, balance, owed)
VALUES ('issue', 0, 0), ('redemption', 0, 0), ('clawback', 0, 0), ('expiry', 0, 0)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0008_abuse"),
        ("grids", "0009_tile_layers"),
        ("workorders", "0014_texts_without_reporters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("transactions", models.PositiveIntegerField(verbose_name="交易数")),
                ("faults", models.JSONField(default=list, verbose_name="问题")),
            ],
            options={
                "verbose_name": "账目核对",
                "verbose_name_plural": "账目核对",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="PointsTransaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=100, unique=True, verbose_name="缘由")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("award", "获得积分"),
                            ("tip", "线索奖励"),
                            ("clawback", "收回积分"),
                            ("redeem", "兑换物品"),
                            ("refund", "兑换退回"),
                            ("expire", "到期作废"),
                            ("leave", "注销作废"),
                        ],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=80, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "积分交易",
                "verbose_name_plural": "积分交易",
            },
        ),
        migrations.CreateModel(
            name="PointsAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("citizen", "市民"),
                            ("issue", "发放"),
                            ("redemption", "兑换"),
                            ("clawback", "收回"),
                            ("expiry", "到期作废"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("balance", models.BigIntegerField(default=0, editable=False, verbose_name="余额")),
                ("owed", models.PositiveIntegerField(default=0, verbose_name="待扣")),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="市民",
                    ),
                ),
            ],
            options={
                "verbose_name": "积分账户",
                "verbose_name_plural": "积分账户",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "citizen"), ("user__isnull", False)),
                            models.Q(models.Q(("kind", "citizen"), _negated=True), ("owed", 0), ("user", None)),
                            _connector="OR",
                        ),
                        name="pointsaccount_of_citizen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "citizen"), _negated=True), ("balance__gte", 0), _connector="OR"
                        ),
                        name="pointsaccount_never_below_zero",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user", None)), fields=("kind",), name="pointsaccount_one_of_a_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointsAward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=100, unique=True, verbose_name="缘由")),
                ("rule", models.SlugField(db_index=False, max_length=20, verbose_name="规则")),
                ("wanted", models.PositiveIntegerField(verbose_name="应得")),
                ("given", models.PositiveIntegerField(verbose_name="实得")),
                (
                    "capped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rule_day", "这一项今天已达上限"),
                            ("rule_month", "这一项本月已达上限"),
                            ("day", "今天的总积分已达上限"),
                            ("month", "本月的总积分已达上限"),
                        ],
                        max_length=10,
                        verbose_name="封顶",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=80, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="award",
                        to="citizens.pointstransaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "得分记录",
                "verbose_name_plural": "得分记录",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("capped", ""), ("given", models.F("wanted"))),
                            models.Q(("given__lt", models.F("wanted")), models.Q(("capped", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="pointsaward_capped_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given", 0), ("transaction", None)),
                            models.Q(("given__gt", 0), ("transaction__isnull", False)),
                            _connector="OR",
                        ),
                        name="pointsaward_booked",
                    ),
                ],
                "indexes": [models.Index(fields=["user", "-at"], name="pointsaward_of_user")],
            },
        ),
        migrations.CreateModel(
            name="PointsClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.PositiveIntegerField(verbose_name="应收回")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("void", "这件事核实后作废"),
                            ("reopened", "办结后复查不实，重新办理"),
                            ("mistake", "误记"),
                        ],
                        max_length=10,
                        verbose_name="原因",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "award",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claim", to="citizens.pointsaward"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "收回记录",
                "verbose_name_plural": "收回记录",
            },
        ),
        migrations.CreateModel(
            name="PointsEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.BigIntegerField(verbose_name="分数")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="citizens.pointsaccount",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="citizens.pointstransaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "积分流水",
                "verbose_name_plural": "积分流水",
                "constraints": [
                    models.UniqueConstraint(fields=("transaction", "account"), name="pointsentry_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="pointsentry_not_nothing"
                    ),
                ],
                "indexes": [models.Index(fields=["account", "-id"], name="pointsentry_of_account")],
            },
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("about", models.TextField(blank=True, max_length=500, verbose_name="说明")),
                ("price", models.PositiveIntegerField(verbose_name="所需积分")),
                ("stock", models.PositiveIntegerField(default=0, editable=False, verbose_name="库存")),
                ("per_person", models.PositiveSmallIntegerField(verbose_name="每人限兑")),
                ("kept_days", models.PositiveSmallIntegerField(verbose_name="兑换券有效天数")),
                ("from_at", models.DateTimeField(verbose_name="开始兑换")),
                ("until_at", models.DateTimeField(null=True, verbose_name="结束兑换")),
                ("picture", models.CharField(blank=True, max_length=80)),
                ("is_offered", models.BooleanField(default=False, verbose_name="上架")),
                (
                    "pickup",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="领取地点",
                    ),
                ),
            ],
            options={
                "verbose_name": "兑换物品",
                "verbose_name_plural": "兑换物品",
                "ordering": ("price", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("price__gte", 1)), name="reward_has_a_price"),
                    models.CheckConstraint(condition=models.Q(("per_person__gte", 1)), name="reward_per_person"),
                    models.CheckConstraint(condition=models.Q(("kept_days__gte", 1)), name="reward_kept_days"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("client_key", models.UUIDField(unique=True, verbose_name="提交标识")),
                ("code_digest", models.CharField(max_length=64, unique=True, verbose_name="兑换码摘要")),
                ("price", models.PositiveIntegerField(verbose_name="积分")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "待领取"),
                            ("handed", "已领取"),
                            ("cancelled", "已取消"),
                            ("expired", "已过期"),
                        ],
                        default="issued",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="兑换时间")),
                ("expires_at", models.DateTimeField(verbose_name="领取期限")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="市民",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="citizens.reward",
                        verbose_name="物品",
                    ),
                ),
            ],
            options={
                "verbose_name": "兑换",
                "verbose_name_plural": "兑换",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "issued")),
                            models.Q(models.Q(("state", "issued"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="redemption_ended",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "issued")), fields=["expires_at"], name="redemption_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rulebook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "待审批"),
                            ("approved", "已批准"),
                            ("refused", "已退回"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="起草时间")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="审批意见")),
                (
                    "subject",
                    models.CharField(
                        choices=[("points", "积分规则"), ("tips", "线索奖励规则")], max_length=6, verbose_name="内容"
                    ),
                ),
                ("contents", models.JSONField(verbose_name="规则")),
                ("version", models.PositiveIntegerField(null=True, verbose_name="版本")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
            ],
            options={
                "verbose_name": "奖励规则",
                "verbose_name_plural": "奖励规则",
                "ordering": ("-id",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            ("drafted_by", None),
                            models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="citizens_rulebook_second_person",
                    ),
                    models.UniqueConstraint(fields=("subject", "version"), name="rulebook_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "submitted", "refused"))),
                        fields=("subject",),
                        name="rulebook_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version", None), ("state", "approved"), _connector="OR"),
                        name="rulebook_in_force_is_approved",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="pointsaward",
            name="rulebook",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="citizens.rulebook",
                verbose_name="规则版本",
            ),
        ),
        migrations.CreateModel(
            name="StockMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delta", models.IntegerField(verbose_name="数量")),
                (
                    "kind",
                    models.CharField(
                        choices=[("received", "入库"), ("redeemed", "兑换"), ("returned", "退回"), ("counted", "盘点")],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="时间")),
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
                    "redemption",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="citizens.redemption",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="citizens.reward"
                    ),
                ),
            ],
            options={
                "verbose_name": "库存流水",
                "verbose_name_plural": "库存流水",
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(fields=("redemption", "kind"), name="stockmove_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("delta", -1), ("kind", "redeemed"), ("redemption__isnull", False)),
                            models.Q(("delta", 1), ("kind", "returned"), ("redemption__isnull", False)),
                            models.Q(("delta__gt", 0), ("kind", "received"), ("redemption", None)),
                            models.Q(("kind", "counted"), ("redemption", None)),
                            _connector="OR",
                        ),
                        name="stockmove_fits_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_digest", models.CharField(max_length=64, unique=True, verbose_name="线索码摘要")),
                ("kind", models.SlugField(max_length=20, verbose_name="类别")),
                ("sealed", models.TextField(editable=False, verbose_name="内容（密文）")),
                ("day", models.DateField(verbose_name="收到日期")),
                (
                    "state",
                    models.CharField(
                        choices=[("received", "已收到"), ("proven", "查证属实"), ("unproven", "未能查实")],
                        default="received",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="答复")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="核查时间")),
                ("erased_at", models.DateTimeField(null=True, verbose_name="删除时间")),
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
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
                (
                    "rulebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="citizens.rulebook",
                        verbose_name="规则版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "线索",
                "verbose_name_plural": "线索",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("state", "received")),
                            models.Q(
                                models.Q(("state", "received"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tip_decided",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_at__isnull", False), ("erased_at", None)),
                        fields=["decided_at"],
                        name="tip_decided_not_erased",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TipReward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pays",
                    models.CharField(
                        choices=[("points", "积分"), ("cash", "现金")], max_length=6, verbose_name="发放方式"
                    ),
                ),
                ("amount", models.PositiveIntegerField(verbose_name="数额")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="批准时间")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="发放时间")),
                ("cash_number", models.CharField(blank=True, max_length=40, verbose_name="支出凭证号")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paid_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "tip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reward", to="citizens.tip"
                    ),
                ),
            ],
            options={
                "verbose_name": "线索奖励",
                "verbose_name_plural": "线索奖励",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="tipreward_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_at", None),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tipreward_paid_is_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cash_number", ""), ("paid_by", None), ("pays", "points")),
                            models.Q(("cash_number", ""), ("paid_at", None), ("paid_by", None), ("pays", "cash")),
                            models.Q(
                                ("paid_at__isnull", False),
                                ("paid_by__isnull", False),
                                ("pays", "cash"),
                                models.Q(("cash_number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tipreward_cash_is_recorded",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cash_number", ""), _negated=True),
                        fields=("cash_number",),
                        name="tipreward_cash_number_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="tipreward_is_something"),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(SUM_TO_ZERO, NO_SUM),
        migrations.RunSQL(FOLLOW, FOLLOW_NO_MORE),
        migrations.RunSQL(OWN_ACCOUNTS, migrations.RunSQL.noop),
    ]
