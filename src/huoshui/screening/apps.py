"""Registration of the package with Django."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "huoshui.screening"
    label = "screening"
