from django.db import migrations, models


def spell(apps, schema_editor):
    """Fill in the pinyin of staff, whom lists find by it."""
    from pypinyin import lazy_pinyin  # 58 MB: not for every process that looks at migrations.

    User = apps.get_model("accounts", "User")
    people = list(User.objects.filter(kind="staff", pinyin="").exclude(full_name="").only("pk", "full_name"))
    for person in people:
        syllables = lazy_pinyin(person.full_name)
        person.pinyin = f"{''.join(syllables)} {''.join(part[:1] for part in syllables)}"[:200]
    User.objects.bulk_update(people, ["pinyin"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="one_time_until",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="一次性密码有效至"),
        ),
        migrations.AddField(
            model_name="user",
            name="pinyin",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="拼音"),
        ),
        migrations.RunPython(spell, migrations.RunPython.noop),
    ]
