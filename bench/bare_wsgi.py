"""A bare Django page with one query: what the framework, the server and the database allow on this machine.

The settings are those of a fresh project: its seven middlewares, sessions and messages; nobody is signed in. The page
lists the rows of one query of the mapper in a template. `/empty/` is less than anybody serves: the same stack, but one
figure by a raw query and no template.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from huoshui.config.database import connection_settings

TEMPLATE = """<!doctype html><html lang="zh"><head><title>bare</title></head><body><h1>{{ rows|length }}</h1><table>
{% for row in rows %}<tr><td>{{ row.code }}</td><td>{{ row.name }}</td><td>{{ row.created_at|date:"Y-m-d" }}</td></tr>
{% endfor %}</table></body></html>"""

settings.configure(
    DEBUG=False,
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": connection_settings(Path(os.environ["HUOSHUI_VAR"]))},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
                "loaders": [("django.template.loaders.locmem.Loader", {"bare.html": TEMPLATE})],
            },
        }
    ],
)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Product(models.Model):
    """The demo's table of products, which everybody may read."""

    code = models.TextField()
    name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "catalogue_product"

    def __str__(self) -> str:
        return self.code


def page(request: HttpRequest) -> HttpResponse:
    """Return the first rows of a table."""
    return render(request, "bare.html", {"rows": Product.objects.order_by("code")[:20]})


def empty(request: HttpRequest) -> HttpResponse:
    """Return one figure."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue_product")
        (count,) = cursor.fetchone()
    return HttpResponse(f"<!doctype html><title>bare</title><p>{count}</p>")


urlpatterns = [path("", page), path("empty/", empty)]
