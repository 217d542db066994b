"""Registration of the package with Django."""

from django.apps import AppConfig


class GovernmentPortalConfig(AppConfig):
    name = "huoshui.portals.government"
    label = "portal_government"

    def ready(self) -> None:
        """Put the offices' entries into the frame."""
        from huoshui.portals.government.navigation import ENTRIES
        from huoshui.portals.shared import navigation

        navigation.register("gov", ENTRIES)
