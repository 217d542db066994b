"""Registration of the package with Django."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "huoshui.registry"
    label = "registry"

    def ready(self) -> None:
        """Make the package's events known."""
        from huoshui.audit import kinds
        from huoshui.registry import events

        kinds.register(events.KINDS)
