"""Registration of the package with Django."""

from django.apps import AppConfig


class GovernmentPortalConfig(AppConfig):
    name = "huoshui.portals.government"
    label = "portal_government"
