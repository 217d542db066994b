"""Registration of the package with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "huoshui.access"
    label = "access"

    def ready(self) -> None:
        """Make events and scopes known, listen to signing in, keep the web role's privileges right."""
        from django.db.models.signals import post_migrate

        from huoshui.access import events, scoping, sign_in_events  # noqa: F401
        from huoshui.access.web_role import after_migrate, append_only

        append_only("access_noticewording", "access_quiethours")
        post_migrate.connect(after_migrate, sender=self)
