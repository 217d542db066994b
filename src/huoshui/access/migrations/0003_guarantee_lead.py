"""Who approves guarantees is a role of its own."""

import huoshui.access.roles
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_people_codes_parked"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rolegrant",
            name="role_grant_role_known",
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            huoshui.access.roles.Role["ACCOUNT_MANAGER"],
                            huoshui.access.roles.Role["AUDIT_ADMIN"],
                            huoshui.access.roles.Role["AUDITOR"],
                            huoshui.access.roles.Role["BANK_HEAD"],
                            huoshui.access.roles.Role["BRANCH_LEAD"],
                            huoshui.access.roles.Role["FINANCE_CHECKER"],
                            huoshui.access.roles.Role["FINANCE_OFFICER"],
                            huoshui.access.roles.Role["GUARANTEE_LEAD"],
                            huoshui.access.roles.Role["GUARANTEE_OFFICER"],
                            huoshui.access.roles.Role["LEADER"],
                            huoshui.access.roles.Role["OFFICE"],
                            huoshui.access.roles.Role["OWNER"],
                            huoshui.access.roles.Role["SECURITY_ADMIN"],
                            huoshui.access.roles.Role["SERVICE_DESK"],
                            huoshui.access.roles.Role["SYSTEM_ADMIN"],
                            huoshui.access.roles.Role["TASKFORCE_LEAD"],
                            huoshui.access.roles.Role["TASKFORCE_OFFICER"],
                            huoshui.access.roles.Role["VISITOR"],
                        ],
                    )
                ),
                name="role_grant_role_known",
            ),
        ),
    ]
