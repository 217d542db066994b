"""Registration of the package with Django."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "huoshui.statistics"
    label = "statistics"

    def ready(self) -> None:
        """Make the package's sentences and scopes known."""
        from huoshui.statistics import events, scoping

        events.register()
        scoping.install()
