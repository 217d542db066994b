"""Registration of the package with Django."""

from django.apps import AppConfig


class BankPortalConfig(AppConfig):
    name = "huoshui.portals.bank"
    label = "portal_bank"

    def ready(self) -> None:
        """Put the bank's entries into the frame."""
        from huoshui.portals.bank.navigation import ENTRIES
        from huoshui.portals.shared import navigation

        navigation.register("bank", ENTRIES)
