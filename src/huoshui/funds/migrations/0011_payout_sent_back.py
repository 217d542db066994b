"""A payout that the bank sent back loses its posting and is paid again."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("funds", "0010_guarantee")]

    operations = [
        migrations.RunSQL(
            (SQL / "guarantee_sent_back.sql").read_text(), (SQL / "guarantee_sent_back_reverse.sql").read_text()
        )
    ]
