"""Registration of the package with Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "huoshui.api"
    label = "api"
