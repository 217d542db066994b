"""Registration of the package with Django."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "huoshui.registry"
    label = "registry"
