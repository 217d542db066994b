"""Registration of the package with Django."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "huoshui.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from huoshui.catalogue import events, scoping

        events.register()
        scoping.register()
