"""Registration of the package with Django."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "huoshui.service"
    label = "service"

    def ready(self) -> None:
        """Make the package's sentences and scopes known."""
        from huoshui.access.web_role import append_only
        from huoshui.service import events, scoping

        events.register()
        scoping.install()
        append_only("service_stagereport")
