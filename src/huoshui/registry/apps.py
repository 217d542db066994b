"""Registration of the package with Django."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "huoshui.registry"
    label = "registry"

    def ready(self) -> None:
        """Make the package's events and scopes known."""
        from huoshui.audit import kinds
        from huoshui.registry import events, scoping

        kinds.register(events.KINDS)
        scoping.install()
