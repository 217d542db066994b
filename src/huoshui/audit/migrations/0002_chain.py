"""The chain of events and the guards that keep it, from sql/chain.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL((SQL / "chain.sql").read_text(), (SQL / "chain_reverse.sql").read_text()),
    ]
