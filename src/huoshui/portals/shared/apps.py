"""Registration of the package with Django."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "huoshui.portals.shared"
    label = "portal_shared"
