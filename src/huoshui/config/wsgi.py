"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
os.environ.setdefault("HUOSHUI_DB_ROLE", "web")
application = get_wsgi_application()
