"""A bare Django page with one query: what the framework, the server and the database allow on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from huoshui.config.database import connection_settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": connection_settings(Path(os.environ["HUOSHUI_VAR"]))},
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
)

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def page(request: HttpRequest) -> HttpResponse:
    """Return a small page with one figure from the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue_product")
        (count,) = cursor.fetchone()
    return HttpResponse(f"<!doctype html><title>bare</title><p>{count}</p>")


urlpatterns = [path("", page)]
application = get_wsgi_application()
