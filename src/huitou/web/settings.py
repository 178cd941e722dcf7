"""Django's settings. What differs between installations comes from the environment and the home.

HUITOU_HOME             the folder of data (kernel.home); --home sets it
HUITOU_DATABASE_URL     postgresql://user:password@host:port/name instead of SQLite
HUITOU_SECRET_KEY       session signing; else keys/django.key, made at the first start
HUITOU_MASTER_KEY       encryption ring; else keys/master.key (kernel.crypto)
HUITOU_PUBLIC_URL       the address people type; https:// makes every cookie Secure
HUITOU_ALLOWED_HOSTS    more host names to answer to, comma separated (web.hosts)
HUITOU_TRUSTED_PROXIES  addresses of reverse proxies whose X-Forwarded-* are believed
HUITOU_DEBUG            1: tracebacks in the terminal
"""

from __future__ import annotations

import os
import secrets
from typing import Any, Final

from huitou.kernel.home import Home
from huitou.web.database import database_settings
from huitou.web.secret import stored_secret

_home = Home.from_environment()
PUBLIC_URL: Final = os.environ.get("HUITOU_PUBLIC_URL", "").rstrip("/")
_https = PUBLIC_URL.startswith("https://")

DEBUG = False
# Before the first start there is no key file: a random one that lives as long as this process.
SECRET_KEY = stored_secret(_home) or secrets.token_urlsafe(48)
# The outermost layer (web.asgi) checks the Host header; see web.hosts for the rule.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "huitou.kernel",
    "huitou.accounts",
    "huitou.members",
    "huitou.intake",
    "huitou.segments",
    "huitou.web",
]
MIDDLEWARE = [
    "huitou.web.middleware.protect",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "huitou.web.urls"
TEMPLATES: list[dict[str, Any]] = []

DATABASES = {"default": database_settings(_home)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "huitou_session"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = False  # the app reads it to send X-CSRFToken
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# A JSON body over 4 MB is a mistake. An upload streams into the archive (web.bodies, intake.uploads).
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["huitou.intake.uploads.ArchiveUploadHandler"]
MAX_JSON_BYTES: Final = DATA_UPLOAD_MAX_MEMORY_SIZE
MAX_UPLOAD_BYTES: Final = 8 * 1024**3

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"
APPEND_SLASH = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "huitou.web.logs.Line",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "huitou": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # a refused request is an answer, not an incident
    },
}
