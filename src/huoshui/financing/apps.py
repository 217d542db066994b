"""Registration of the package with Django."""

from django.apps import AppConfig


class FinancingConfig(AppConfig):
    name = "huoshui.financing"
    label = "financing"

    def ready(self) -> None:
        """Make the package's sentences and scopes known."""
        from huoshui.financing import events, scoping

        events.register()
        scoping.install()
