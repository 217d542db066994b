"""Settings of the one Django project. Everything a deployment may change comes from HUOSHUI_* variables."""

from __future__ import annotations

import os
from typing import Any

from django.utils.translation import gettext_lazy as _

from huoshui.config.database import connection_settings
from huoshui.config.paths import PACKAGE, VAR, VENDOR

DEMO = os.environ.get("HUOSHUI_DEMO") == "1"  # practice mode: invented data, marked on every page
DEBUG = os.environ.get("HUOSHUI_DEBUG") == "1"
TESTING = "PYTEST_VERSION" in os.environ


def _secret() -> str:
    """Return the installation's secret: from the environment, or made once and kept in the data folder."""
    if given := os.environ.get("HUOSHUI_SECRET_KEY"):
        return given
    import secrets

    path = VAR / "secret_key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = _secret()
ALLOWED_HOSTS = os.environ.get("HUOSHUI_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("HUOSHUI_ORIGINS", "").split(",") if origin]
PUBLIC_URL = os.environ.get("HUOSHUI_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "huoshui.audit",
    "huoshui.access",
    "huoshui.ledger",
    "huoshui.registry",
    "huoshui.catalogue",
    "huoshui.financing",
    "huoshui.funds",
    "huoshui.screening",
    "huoshui.service",
    "huoshui.statistics",
    "huoshui.api",
    "huoshui.portals.shared",
    "huoshui.portals.public",
    "huoshui.portals.enterprise",
    "huoshui.portals.bank",
    "huoshui.portals.government",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "huoshui.access.middleware.ActorMiddleware",
    "huoshui.access.entry.EntryMiddleware",
    "huoshui.portals.shared.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "huoshui.config.urls"
WSGI_APPLICATION = "huoshui.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "portals" / "shared" / "templates"],  # before those of the sign-in library
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huoshui.portals.shared.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "huoshui.portals.shared.templatetags.huoshui",
            ],
        },
    }
]

DATABASES = {"default": connection_settings(VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = [
    "huoshui.access.sign_in.StaffBackend",
    "huoshui.access.sign_in.PhoneCodeBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "huoshui.access.sign_in.AccountAdapter"
# the account itself locks after fewer (huoshui.access.policy); this holds back guessing at many names from one address
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/key,50/m/ip"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
MFA_ADAPTER = "huoshui.access.sign_in.FactorAdapter"
MFA_FORMS = {
    "authenticate": "huoshui.access.factor_forms.AskFactor",
    "reauthenticate": "huoshui.access.factor_forms.AskFactorAgain",
    "add_webauthn": "huoshui.access.factor_forms.AddPasskey",
    "edit_webauthn": "huoshui.access.factor_forms.RenamePasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG
MFA_TOTP_ISSUER = "Huoshui 活水"

REQUIRE_SECOND_FACTOR = not (DEMO or TESTING)
OWNER_LOGIN_URL = "enterprise:sign_in"
TRUST_PROXY = os.environ.get("HUOSHUI_TRUST_PROXY") == "1"  # one reverse proxy stands before us and names the visitor
# newest first; what an older one wrote is still read. Empty: derived from SECRET_KEY
DATA_KEYS = [key for key in os.environ.get("HUOSHUI_DATA_KEYS", "").split(",") if key]
# sign-in through the city's identity provider; staff are matched by user name, never made
SOCIALACCOUNT_ADAPTER = "huoshui.access.sign_in.CitySignInAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": []}}
if oidc_server := os.environ.get("HUOSHUI_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "city",
            "name": os.environ.get("HUOSHUI_OIDC_NAME", "统一身份认证"),
            "client_id": os.environ["HUOSHUI_OIDC_CLIENT_ID"],
            "secret": os.environ["HUOSHUI_OIDC_SECRET"],
            "settings": {"server_url": oidc_server, "oauth_pkce_enabled": True},
        }
    )
# recorded, email, sms, wechat: how notices leave the platform besides the inbox
NOTICE_CHANNELS = os.environ.get("HUOSHUI_NOTICE_CHANNELS", "recorded").split(",")
MESSAGE_GATEWAY = {
    "url": os.environ.get("HUOSHUI_GATEWAY_URL", ""),
    "key": os.environ.get("HUOSHUI_GATEWAY_KEY", ""),
    "secret": os.environ.get("HUOSHUI_GATEWAY_SECRET", ""),
}

SESSION_COOKIE_AGE = int(os.environ.get("HUOSHUI_SESSION_SECONDS", 30 * 60))
SESSION_SAVE_EVERY_REQUEST = False  # EntryMiddleware lets the time-out slide without a write on every request
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # the server ends it; the cookie stays, so that a form can be given back
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
_secure = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 31536000 if _secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "huoshui.portals.shared.views.form_expired"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["huoshui.config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [("vendor", VENDOR)] if VENDOR.exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("HUOSHUI_LOG", "WARNING")},
    # a refused page is an answer, and an event of the audit; its traceback helps nobody
    "loggers": {"django.request": {"level": "ERROR"}},
}

CITY = {
    "code": os.environ.get("HUOSHUI_CITY", "140100"),
    "zh": os.environ.get("HUOSHUI_CITY_ZH", "太原市"),
    "en": os.environ.get("HUOSHUI_CITY_EN", "Taiyuan"),
}
PRODUCT_NAME = _("活水")
