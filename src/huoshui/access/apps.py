"""Registration of the package with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "huoshui.access"
    label = "access"

    def ready(self) -> None:
        """Make the sentences of the package's events known."""
        from huoshui.access import events  # noqa: F401
