"""Registration of the package with Django."""

from django.apps import AppConfig


class EnterprisePortalConfig(AppConfig):
    name = "huoshui.portals.enterprise"
    label = "portal_enterprise"
