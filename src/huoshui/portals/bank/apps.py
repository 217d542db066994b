"""Registration of the package with Django."""

from django.apps import AppConfig


class BankPortalConfig(AppConfig):
    name = "huoshui.portals.bank"
    label = "portal_bank"
