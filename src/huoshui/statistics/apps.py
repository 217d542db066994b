"""Registration of the package with Django."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "huoshui.statistics"
    label = "statistics"

    def ready(self) -> None:
        """Make the package's sentences known."""
        from huoshui.statistics import events

        events.register()
