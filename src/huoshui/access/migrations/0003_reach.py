"""What row policies ask of the connection, as functions of the database."""

from django.db import migrations

from huoshui.access.row_security_sql import REACH, REACH_REVERSE


class Migration(migrations.Migration):
    dependencies = [("access", "0002_people_codes_parked")]

    operations = [migrations.RunSQL(REACH, REACH_REVERSE)]
