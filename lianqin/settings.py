"""Settings, all of them from the environment. ``lianqin/checks.py`` refuses the unsafe ones."""

from __future__ import annotations

import secrets
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lianqin import environment as env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env.text("LIANQIN_STATE_DIR", str(BASE_DIR / "var")))

# -- what kind of run this is
DEBUG = env.flag("DEBUG")
LIANQIN_DEMO = env.flag("LIANQIN_DEMO")
# 0: real time. N: a calendar that never closes and runs N times faster, in demos and tests only.
LIANQIN_TIME_SCALE = env.integer("LIANQIN_TIME_SCALE")
LIANQIN_ACTOR_LOADER = "grids.selectors.actor_for"
LIANQIN_POST_LABELLER = "grids.selectors.post_labels"
LIANQIN_RAIL = "configuration.pages.rail.rail"
# Who tells people of a refusal, by how an address begins; everywhere else it is a page without a frame.
LIANQIN_REFUSAL_PAGES = {"/citizen/": "citizens.views.base.refusal_page"}
# Where an officer lands after signing in; the others in the admin.
LIANQIN_OFFICER_HOMES = {"sysadmin": "configuration:start", "secadmin": "configuration:start"}
# Where a citizen lands, and all that is open to one; views of the API say themselves what is open.
LIANQIN_CITIZEN_HOME = "citizens:me"
LIANQIN_CITIZEN_ROOMS = (
    *("/citizen/", "/api/", "/open311/", "/static/"),
    *("/accounts/signin/", "/accounts/signout/", "/accounts/password/", "/livez", "/readyz", "/healthz"),
)

# -- what production must give; the checks look at what was given, not at the stand-ins
SECRET_KEY_GIVEN = env.text("SECRET_KEY")
SECRET_KEY = SECRET_KEY_GIVEN or secrets.token_urlsafe(64)
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL_GIVEN = env.text("REDIS_URL")
REDIS_URL = REDIS_URL_GIVEN or "redis://127.0.0.1:6379/0"
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS") or (["localhost", "127.0.0.1", "[::1]"] if DEBUG or LIANQIN_DEMO else [])
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "lianqin",
    "lianqin.kernel",
    "accounts",
    "relay",
    "grids",
    "catalogue",
    "workorders",
    "dispatch",
    "citizens",
    "configuration",
    "insight",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "import_export",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "accounts.middleware.EncodingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.IdleSessionMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.OneTimePasswordMiddleware",
    "accounts.middleware.CitizensMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

if env.items("REPLICA_URLS"):
    MIDDLEWARE.append("accounts.middleware.OwnWritesMiddleware")

ROOT_URLCONF = "lianqin.urls"
WSGI_APPLICATION = "lianqin.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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

# -- database, cache, sessions
DATABASES = {
    "default": {
        **env.database(DATABASE_URL or "postgres://lianqin@127.0.0.1:5432/lianqin"),
        # Reused connections are two to four times the throughput.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
# Copies that answer what may be some seconds old; never written to.
REPLICA_URLS = env.items("REPLICA_URLS")
LIANQIN_REPLICA_LAG_SECONDS = env.integer("LIANQIN_REPLICA_LAG_SECONDS", 10)
# Each sweep leaves its time: seconds since the last one that a replica knows of.
REPLICA_HEARTBEAT = "SELECT extract(epoch FROM clock_timestamp() - last_at) FROM workorders_sweeprecord WHERE id = 1"
DATABASES |= {f"replica{number}": env.replica(url) for number, url in enumerate(REPLICA_URLS, start=1)}
DATABASE_ROUTERS = ["lianqin.kernel.replicas.Router"] if REPLICA_URLS else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lianqin",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

# -- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
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
ANONYMOUS_USER_NAME = None
# How long a one-time password may wait to be changed.
LIANQIN_ONE_TIME_DAYS = env.integer("LIANQIN_ONE_TIME_DAYS", 7)
LOGIN_URL = "accounts:signin"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"

# -- cookies and transport; a plain-HTTP demo on one machine cannot have secure cookies
HTTPS = env.flag("LIANQIN_HTTPS", default=not (DEBUG or LIANQIN_DEMO))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Demos side by side share a host; cookies know no ports.
SESSION_COOKIE_NAME = env.text("LIANQIN_COOKIE_PREFIX", "lianqin") + "_session"
CSRF_COOKIE_NAME = env.text("LIANQIN_COOKIE_PREFIX", "lianqin") + "_csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.flag("LIANQIN_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# No inline script or style, nothing from another host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# -- history: a month stays at hand for so long before manage.py archive_month takes it
LIANQIN_HISTORY_MONTHS = env.integer("LIANQIN_HISTORY_MONTHS", 36)

# -- people who need attention: days from the end of a record to its erasure
LIANQIN_ATTENTION_KEPT_DAYS = env.integer("LIANQIN_ATTENTION_KEPT_DAYS", 30)

# -- base maps of others: hosts that tiles are fetched from, `host` or `scheme://host:port`; without any nothing leaves
LIANQIN_TILE_HOSTS = env.items("LIANQIN_TILE_HOSTS")

# -- cameras: networks that are not public and whose gateways are asked nevertheless whether streams answer
LIANQIN_STREAM_NETWORKS = tuple(ip_network(each) for each in env.items("LIANQIN_STREAM_NETWORKS"))

# -- messages to the outside: days after which one that was sent or suppressed is deleted
LIANQIN_MESSAGES_KEPT_DAYS = env.integer("LIANQIN_MESSAGES_KEPT_DAYS", 90)

# -- messages to the outside: the hosts that they may go to (relay/transports/addresses.py says how an entry is read),
# the keys that seal the secrets of channels (the first seals, all open; empty: by SECRET_KEY), where links lead
LIANQIN_MESSAGE_HOSTS = ["qyapi.weixin.qq.com", "oapi.dingtalk.com", *env.items("LIANQIN_MESSAGE_HOSTS")]
LIANQIN_CHANNEL_KEYS = env.items("LIANQIN_CHANNEL_KEYS")
LIANQIN_PUBLIC_URL = env.text("LIANQIN_PUBLIC_URL").rstrip("/")

# -- citizens: what makes the codes of their receipts (the first makes new ones; empty: by SECRET_KEY)
LIANQIN_RECEIPT_KEYS = env.items("LIANQIN_RECEIPT_KEYS")
# of the orders that a street closed in a day so many percent are drawn for a spot check, at least one
LIANQIN_SPOT_CHECK_PERCENT = 5
# who can be reached how, and under which number somebody signs in (the first seals, all open; empty: by SECRET_KEY)
LIANQIN_CONTACT_KEYS = env.items("LIANQIN_CONTACT_KEYS")
# days from the end of an order, of a message or of a consent to the erasure of what it holds about people
LIANQIN_CONTACT_KEPT_DAYS = env.integer("LIANQIN_CONTACT_KEPT_DAYS", 180)
LIANQIN_RECORDING_KEPT_DAYS = env.integer("LIANQIN_RECORDING_KEPT_DAYS", 180)
LIANQIN_RECEIPT_KEPT_DAYS = env.integer("LIANQIN_RECEIPT_KEPT_DAYS", 3 * 365)
LIANQIN_LETTER_KEPT_DAYS = env.integer("LIANQIN_LETTER_KEPT_DAYS", 7)
LIANQIN_TIP_KEPT_DAYS = env.integer("LIANQIN_TIP_KEPT_DAYS", 365)
LIANQIN_BLOCK_KEPT_DAYS = env.integer("LIANQIN_BLOCK_KEPT_DAYS", 180)
LIANQIN_CONSENT_KEPT_DAYS = env.integer("LIANQIN_CONSENT_KEPT_DAYS", 3 * 365)
# who may hand over mail to the mailboxes of platforms: the organisation's mail servers, as networks
LIANQIN_MAIL_PEERS = env.items("LIANQIN_MAIL_PEERS") or ["127.0.0.0/8", "::1/128"]
# limits of the public door that differ from citizens.rules.limits: `report.near=20/1200/600` is free/most/seconds
LIANQIN_PUBLIC_LIMITS = env.items("LIANQIN_PUBLIC_LIMITS")
# what fewer orders than these stand behind is not published, nor anything from which it could be worked out
LIANQIN_OPEN_DATA_LEAST = env.integer("LIANQIN_OPEN_DATA_LEAST", 10)
# under which licence: its name as SPDX writes it, and where it can be read
LIANQIN_OPEN_DATA_LICENCE = env.text("LIANQIN_OPEN_DATA_LICENCE", "CC-BY-4.0")
LIANQIN_OPEN_DATA_LICENCE_URL = env.text(
    "LIANQIN_OPEN_DATA_LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/deed.zh-hans"
)
# a category is suggested only where so large a part of such suggestions was right
LIANQIN_READING_PRECISION = float(env.text("LIANQIN_READING_PRECISION", "0.9"))

# -- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# -- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Faces of printed documents, copied from npm by lianqin.local.vendor.
LIANQIN_FONTS = BASE_DIR / "fonts"
STATIC_ROOT = Path(env.text("LIANQIN_STATIC_ROOT", str(STATE_DIR / "static")))
STATIC_MANIFEST = env.flag("LIANQIN_STATIC_MANIFEST", default=not DEBUG)
STATIC_PACKED = env.flag("LIANQIN_STATIC_PACKED", default=True)
MEDIA_ROOT = STATE_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": f"lianqin.storage.{'' if STATIC_PACKED else 'Plain'}ManifestStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_MANIFEST
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# In one process: how many bodies over 256 KB may be under way, and how long they may be together; beyond it, 503
LIANQIN_UPLOADS_AT_ONCE = env.integer("LIANQIN_UPLOADS_AT_ONCE", 256)
LIANQIN_UPLOAD_MB_AT_ONCE = env.integer("LIANQIN_UPLOAD_MB_AT_ONCE", 1024)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# -- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["lianqin.kernel.access.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "accounts.api.parsing.ShallowJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.api.problems.exception_handler",
    "DEFAULT_THROTTLE_RATES": {"signin": "30/min"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"TOKEN_TTL": timedelta(hours=12), "AUTO_REFRESH": False, "TOKEN_LIMIT_PER_USER": 20}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lianqin API",
    "DESCRIPTION": "One order, three levels, nothing lost. Errors are RFC 9457 problem details with a stable `code`.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    # Several rooms say "status", "level" or "stage" of different things.
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "workorders.states.Status",
        "AssignmentStatus": "workorders.states.AssignmentStatus",
        "OrderLevel": "workorders.states.Level",
        "ClockStage": "workorders.states.Stage",
        "AttachmentStage": "workorders.models.attachments.AttachmentStage",
        "UnitKind": "grids.models.units.UnitKind",
        "Presence": "grids.models.units.Presence",
        "PostRole": "grids.models.units.Role",
        "GridPost": "grids.models.units.Post",
        "DutyPost": "dispatch.models.rosters.DutyPost",
        "DocumentKind": "dispatch.rules.supervision.DocumentKind",
        "WhistleKind": "dispatch.rules.whistles.WhistleKind",
        "ChannelKind": "relay.models.channels.ChannelKind",
        "TileKind": "grids.models.tile_layers.TileKind",
    },
}

# -- background work: Celery only wakes, so every tick expires before the next but one
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "relay-outbox": {"task": "relay.tasks.relay_outbox", "schedule": 2.0, "options": {"expires": 4}},
    "sweep-timers": {"task": "workorders.tasks.sweep_timers", "schedule": 5.0, "options": {"expires": 10}},
    "audit-orders": {"task": "workorders.tasks.audit_orders", "schedule": 60.0, "options": {"expires": 120}},
    # run_relay sends as well; this is for who runs Celery alone.
    "send-messages": {"task": "relay.tasks.send_messages", "schedule": 5.0, "options": {"expires": 10}},
    "send-waiting": {"task": "dispatch.tasks.send_waiting", "schedule": 10.0, "options": {"expires": 20}},
    "purge-outbox": {"task": "relay.tasks.purge_outbox", "schedule": 3600.0, "options": {"expires": 7200}},
    "purge-messages": {"task": "relay.tasks.purge_messages", "schedule": 3600.0, "options": {"expires": 7200}},
    "purge-expired": {"task": "accounts.purge_expired", "schedule": 3600.0, "options": {"expires": 7200}},
    "orphan-files": {"task": "workorders.tasks.sweep_orphan_files", "schedule": 3600.0, "options": {"expires": 7200}},
    "keep-partitions": {
        "task": "workorders.tasks.make_partitions",
        "schedule": 24 * 3600.0,
        "options": {"expires": 24 * 3600},
    },
    "fold-bookings": {"task": "insight.tasks.fold_bookings", "schedule": 10.0, "options": {"expires": 20}},
    "take-readings": {"task": "insight.tasks.take_readings", "schedule": 60.0, "options": {"expires": 120}},
    "reconcile-rollups": {
        "task": "insight.tasks.reconcile_rollups",
        "schedule": 3600.0,
        "options": {"expires": 7200},
    },
    # Midnight has just passed when this finds it; what was placed meanwhile by the old ground is placed again.
    "take-effect": {"task": "grids.tasks.take_effect", "schedule": 20.0, "options": {"expires": 40}},
    "place-again": {"task": "workorders.tasks.place_again", "schedule": 60.0, "options": {"expires": 120}},
    "steward-notices": {"task": "grids.tasks.end_steward_notices", "schedule": 60.0, "options": {"expires": 120}},
    "close-departed": {"task": "grids.tasks.close_departed", "schedule": 300.0, "options": {"expires": 600}},
    # Once a night by the clock of the database, when posts that end at midnight have ended.
    "prove-configuration": {
        "task": "configuration.tasks.prove_configuration",
        "schedule": 1800.0,
        "options": {"expires": 3600},
    },
    "resume-imports": {"task": "configuration.tasks.resume_imports", "schedule": 30.0, "options": {"expires": 60}},
    "resume-trials": {"task": "dispatch.tasks.resume_trials", "schedule": 30.0, "options": {"expires": 60}},
    "check-cameras": {"task": "configuration.tasks.check_cameras", "schedule": 300.0, "options": {"expires": 600}},
    "purge-imports": {"task": "configuration.tasks.purge_imports", "schedule": 3600.0, "options": {"expires": 7200}},
    # Due after days: that it looks every hour makes nothing earlier, and a restart makes nothing later.
    "erase-attention": {"task": "grids.tasks.erase_retired", "schedule": 3600.0, "options": {"expires": 7200}},
    "relocate-elements": {"task": "grids.tasks.relocate", "schedule": 3600.0, "options": {"expires": 7200}},
    "sweep-rosters": {"task": "dispatch.tasks.sweep_rosters", "schedule": 15.0, "options": {"expires": 30}},
    "generate-shifts": {"task": "dispatch.tasks.generate_shifts", "schedule": 3600.0, "options": {"expires": 7200}},
    "sweep-summonses": {"task": "dispatch.tasks.sweep_summonses", "schedule": 15.0, "options": {"expires": 30}},
    "sweep-replies": {"task": "dispatch.tasks.sweep_replies", "schedule": 20.0, "options": {"expires": 40}},
    # A report wakes a worker itself; this finds what nobody was woken for, and what a worker left when it died.
    "examine-uploads": {"task": "citizens.tasks.examine_uploads", "schedule": 15.0, "options": {"expires": 30}},
    "sweep-quarantine": {
        "task": "citizens.tasks.sweep_quarantine",
        "schedule": 3600.0,
        "options": {"expires": 7200},
    },
    # Once in a night would do; a street that was drawn is left as it is.
    "draw-spot-checks": {"task": "citizens.tasks.draw_spot_checks", "schedule": 3600.0, "options": {"expires": 7200}},
    # Once a month there is something to publish; what was published is left as it is.
    "publish-months": {"task": "citizens.tasks.publish_months", "schedule": 3600.0, "options": {"expires": 7200}},
    "count-ballots": {"task": "citizens.tasks.count_ballots", "schedule": 60.0, "options": {"expires": 120}},
    "remind-volunteers": {
        "task": "citizens.tasks.remind_volunteers",
        "schedule": 600.0,
        "options": {"expires": 1200},
    },
    "send-returns": {"task": "citizens.tasks.send_returns", "schedule": 2.0, "options": {"expires": 4}},
    # Whoever pressed the button looks at the bar.
    "apply-batches": {"task": "citizens.tasks.apply_batches", "schedule": 2.0, "options": {"expires": 4}},
    "purge-batches": {"task": "citizens.tasks.purge_batches", "schedule": 3600.0, "options": {"expires": 7200}},
    "keep-retention": {"task": "citizens.tasks.keep_retention", "schedule": 3600.0, "options": {"expires": 7200}},
    "purge-nonces": {"task": "citizens.tasks.purge_nonces", "schedule": 600.0, "options": {"expires": 1200}},
    # Once a week something has been learned; a training that lost its worker is begun again.
    "teach-reading": {
        "task": "citizens.tasks.teach_weekly",
        "schedule": 7 * 24 * 3600.0,
        "options": {"expires": 24 * 3600},
    },
    "resume-reading": {"task": "citizens.tasks.teach_readers", "schedule": 60.0, "options": {"expires": 120}},
    "purge-signatures": {
        "task": "citizens.tasks.purge_signatures",
        "schedule": 3600.0,
        "options": {"expires": 7200},
    },
    "expire-vouchers": {"task": "citizens.tasks.expire_vouchers", "schedule": 300.0, "options": {"expires": 600}},
    # Looks every hour, proves the books of points once a night.
    "keep-points": {"task": "citizens.tasks.keep_points", "schedule": 3600.0, "options": {"expires": 7200}},
    "daily-root": {"task": "workorders.tasks.publish_daily_roots", "schedule": 3600.0, "options": {"expires": 7200}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "celery.app.trace": {"level": "WARNING"},
        # It writes whole addresses, and robots have their key in theirs.
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
