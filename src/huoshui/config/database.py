"""Which database this process talks to, and as which role."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from huoshui.config import embedded

# serve and worker run under the role that row security binds; migrate, import and tests under the owner
ROLE_VARIABLE = "HUOSHUI_DB_ROLE"


def connection_settings(var: Path) -> dict[str, Any]:
    """Return Django's settings for the default database; starts the embedded server where none is named."""
    role = os.environ.get(ROLE_VARIABLE, "owner")
    return _settings(url(var, role), pooled=role == "web")


def url(var: Path, role: str) -> str:
    """Return the address of the database for *role* (owner or web); starts the embedded server where none is named."""
    if role == "web" and (given := os.environ.get("HUOSHUI_WEB_DATABASE_URL")):
        return given
    if given := os.environ.get("HUOSHUI_DATABASE_URL"):
        return given
    name = os.environ.get("HUOSHUI_DB_NAME", "huoshui")
    server = embedded.start(var)
    embedded.ensure_database(server, name)
    return server.url(name, role=embedded.WEB if role == "web" else embedded.OWNER)


def _settings(address: str, *, pooled: bool) -> dict[str, Any]:
    parts = urlsplit(address)
    options: dict[str, Any] = {"options": "-c timezone=UTC"}
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": int(os.environ.get("HUOSHUI_POOL", "8")), "timeout": 15}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "TEST": {"TEMPLATE": "template0"},
    }
