"""Slips and decisions are written once, and loans equal their slips: from sql/guards.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("financing", "0003_states_and_pairs")]

    operations = [
        migrations.RunSQL((SQL / "guards.sql").read_text(), (SQL / "guards_reverse.sql").read_text()),
    ]
