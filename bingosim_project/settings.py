"""Django's settings. What differs between installations comes from the environment (`env.py`)."""

import os
import sys
from datetime import timedelta
from pathlib import Path

from bingosim_project import headers
from bingosim_project.appearance import admin_appearance
from bingosim_project.broker import celery_settings
from bingosim_project.env import VariableError, read_environment

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    _env = read_environment(os.environ, BASE_DIR)
except VariableError as error:
    # Every entry point imports the settings first: one line stops them all, without a traceback.
    print(error, file=sys.stderr)
    raise SystemExit(2) from None

DEBUG = _env.debug
SECRET_KEY = _env.secret_key
ALLOWED_HOSTS = _env.allowed_hosts
CSRF_TRUSTED_ORIGINS = _env.csrf_trusted_origins
# In production cookies travel over TLS only; a developer's own machine has none.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
# Whose word counts for who asks, and whether over TLS; gunicorn is told the same.
TRUSTED_PROXIES = _env.trusted_proxies
SECURE_SSL_REDIRECT = _env.ssl_redirect
# Who asks for these comes from within, where nothing ends TLS.
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = _env.hsts_s
SECURE_HSTS_INCLUDE_SUBDOMAINS = _env.hsts_subdomains
# They advise to decide for other hosts of a domain, which is for its owner.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

DATABASES = {"default": _env.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# None where it must be set and is not: what needs a broker asks for it, all else does without.
BROKER_URL = _env.broker_url
BINGOSIM_NAMESPACE = _env.namespace
WORKER_INDEX = _env.worker_index
WORKER_COUNT = _env.worker_count
METRICS_PORT = _env.metrics_port
LEASE_S = _env.lease_s
LOCAL_SIMULATIONS = _env.local_simulations
# None: as many as there are cores.
LOCAL_PROCESSES = _env.local_processes
BENCHMARK_SERVER = _env.benchmark_server
FLOWER_BASIC_AUTH = _env.flower_basic_auth
FLOWER_ADDRESS = _env.flower_address
FLOWER_PORT = _env.flower_port
CELERY = celery_settings(BROKER_URL, BINGOSIM_NAMESPACE)

INSTALLED_APPS = [
    # Before the admin, whose site and templates it replaces.
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "axes",
    "csp",
    "events.apps.EventsConfig",
    "simulations.apps.SimulationsConfig",
    # After events, which has a `runserver` of its own.
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First, so that whatever is answered has their headers.
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "bingosim_project.middleware.ServesMonitoring",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bingosim_project.middleware.RefusesNul",
    "bingosim_project.middleware.TellsWhoIsSignedOut",
    # Last, since it answers in place of the page that asks to sign in.
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # What takes the place of templates of packages.
        "DIRS": [BASE_DIR / "bingosim_project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Who may try to sign in how often; `throttle` has the limits.
AXES_HANDLER = "bingosim_project.throttle.Throttle"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address", "username"]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_CALLABLE = "bingosim_project.throttle.tell_of_lockout"
AXES_CLIENT_IP_CALLABLE = "bingosim_project.visitors.address_of"
AXES_CLIENT_STR_CALLABLE = "bingosim_project.throttle.who"
AXES_RESET_ON_SUCCESS = True
# Who tries again while he is locked out is not locked out for longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Commands let people in again; and start without a line about it.
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

UNFOLD = admin_appearance()
LOGIN_REDIRECT_URL = "admin:index"
# An activity with a hundred outcomes, or a tile with twenty rules, posts several fields of each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

CONTENT_SECURITY_POLICY = headers.CONTENT_SECURITY_POLICY
PERMISSIONS_POLICY = headers.PERMISSIONS_POLICY

ROOT_URLCONF = "bingosim_project.urls"
WSGI_APPLICATION = "bingosim_project.wsgi.application"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
# What takes the place of packages' files: Alpine, which else could not run under the content security policy.
STATICFILES_DIRS = [BASE_DIR / "bingosim_project" / "static"]
# While developing, files are served from where they are; else as `collectstatic` left them, under names that
# change with their content, so that browsers may keep them for ever.
# What browsers and crawlers ask for at the root, of their own accord.
WHITENOISE_ROOT = BASE_DIR / "bingosim_project" / "root"
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["bingosim_project.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "bingosim_project.logs.TextFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "bingosim_project.logs.JsonFormatter"},
    },
    "filters": {"seldom": {"()": "bingosim_project.logs.Seldom"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": _env.log_format,
            "filters": ["seldom"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django gives this one handlers of its own, and every line would be written twice.
        "django": {"handlers": [], "level": "INFO"},
        # So does gunicorn, whose lines would stay as it writes them.
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        # Two lines a message would drown the one that a worker writes every ten seconds.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # Flower's requests.
        "tornado.access": {"level": "WARNING"},
    },
}
