"""Registration of the package with Django."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "huoshui.service"
    label = "service"
