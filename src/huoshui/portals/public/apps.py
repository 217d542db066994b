"""Registration of the package with Django."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "huoshui.portals.public"
    label = "portal_public"
