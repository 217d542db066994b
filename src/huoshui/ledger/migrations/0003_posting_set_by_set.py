"""Postings are checked set by set: keys of their own give way to the guards of sql/posting.sql."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
PROTECT = django.db.models.deletion.PROTECT


def key(to: str, name: str, **options: bool) -> models.ForeignKey:
    return models.ForeignKey(db_constraint=False, on_delete=PROTECT, related_name=name, to=to, **options)


def key_once(name: str, **options: bool) -> models.OneToOneField:
    return models.OneToOneField(
        db_constraint=False, on_delete=PROTECT, related_name=name, to="ledger.posting", **options
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]

    operations = [
        migrations.AlterField("posting", "book", key("ledger.book", "postings", db_index=False)),
        migrations.AlterField("posting", "reverses", key_once("reversed_by", null=True)),
        migrations.AlterField("entry", "posting", key("ledger.posting", "entries", db_index=False)),
        migrations.AlterField("entry", "account", key("ledger.account", "entries", db_index=False)),
        migrations.AlterField("link", "book", key("ledger.book", "links", db_index=False)),
        migrations.AlterField("link", "posting", key_once("link")),
        migrations.RunSQL((SQL / "posting.sql").read_text(), migrations.RunSQL.noop),
    ]
