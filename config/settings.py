"""Every setting of Slipway, each environment variable read once; docs/running.md lists them."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment, logs
from launch import broker

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = environment.flag("DEBUG", default=False)
IS_LOCAL = environment.is_local()
VAR_DIR = environment.directory("VAR_DIR", BASE_DIR / "var")
SECRET_KEY = environment.secret(
    "SECRET_KEY", kept_in=VAR_DIR / "secret_key", is_required=not IS_LOCAL
)
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS", [])
# Seal what must be told again (config/sealing.py): the first seals, each of them opens.
_sealing = environment.secret(
    "SEALING_KEYS", kept_in=VAR_DIR / "sealing_key", is_required=not IS_LOCAL
)
SEALING_KEYS = [key.strip() for key in _sealing.split(",") if key.strip()]
if not SEALING_KEYS or any(len(key) < 32 for key in SEALING_KEYS):
    raise ImproperlyConfigured(
        "SEALING_KEYS holds a key that is too short; give each 50 or more random characters, "
        "separated by commas."
    )
PORT = environment.number("PORT", default=8000, least=1)
PUBLIC_URL = environment.url(
    "PUBLIC_URL",
    schemes={"http", "https"},
    example="https://models.example.org",
    default=f"http://127.0.0.1:{PORT}" if IS_LOCAL else "",
).rstrip("/")
ALLOWED_HOSTS = environment.words(
    "ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if IS_LOCAL else []
)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set; set it to the host names that people use, separated by commas."
    )
if not PUBLIC_URL:
    raise ImproperlyConfigured(
        "PUBLIC_URL is not set; set it to the address that people open, as in https://models.example.org."
    )
# Whose word about a request's sender counts (config/addresses.py), and where they say it.
TRUSTED_PROXY_HOPS, TRUSTED_PROXIES = environment.proxies("TRUSTED_PROXIES")
PROXY_HEADER = environment.one_of(
    "PROXY_HEADER", {"x-forwarded-for", "forwarded"}, default="x-forwarded-for"
)

# Parts: each has an embedded default and a server to grow into.
DATABASE_URL = environment.url(
    "DATABASE_URL",
    schemes={"postgres", "postgresql"},
    example="postgresql://slipway:password@127.0.0.1:5432/slipway",
)
SEARCH_URL = environment.url(
    "SEARCH_URL", schemes={"http", "https"}, example="http://127.0.0.1:7700"
)
SEARCH_KEY = environment.text("SEARCH_KEY")
SEARCH_INDEX_KEY = environment.text("SEARCH_INDEX_KEY", SEARCH_KEY)
SEARCH_WATCH_KEY = environment.text("SEARCH_WATCH_KEY", SEARCH_KEY)
SEARCH_SECONDS = 0.8  # for one search, all its requests together: a page has 1.5 with the database
SEARCH_INDEX = environment.text("SEARCH_INDEX", "models")
SEARCH_EMBEDDER = environment.word_or_url(
    "SEARCH_EMBEDDER",
    words={"off", "learned"},
    schemes={"http", "https"},
    example="http://127.0.0.1:8080/v1",
    default="learned",
)
SEARCH_EMBEDDER_MODEL = environment.text("SEARCH_EMBEDDER_MODEL")
SEARCH_EMBEDDER_KEY = environment.text("SEARCH_EMBEDDER_KEY")
if SEARCH_EMBEDDER not in ("off", "learned") and not SEARCH_EMBEDDER_MODEL:
    raise ImproperlyConfigured(
        "SEARCH_EMBEDDER is an address and SEARCH_EMBEDDER_MODEL is not set; set it to the name "
        "of the model that is to be asked there."
    )
BROKER_URL = environment.url(
    "BROKER_URL",
    schemes={"redis", "rediss", "redis+socket", "amqp", "amqps"},
    example="redis://127.0.0.1:6379/0",
    default=f"redis+socket://{broker.socket_path(VAR_DIR)}",
)
CACHE_URL = environment.url(
    "CACHE_URL", schemes={"redis", "rediss"}, example="redis://127.0.0.1:6379/1"
)
# Requests within seconds; a count is kept in the one web process, or in a Redis that all share.
LIMIT_PER_ADDRESS = environment.rate(
    "LIMIT_PER_ADDRESS", default="300000/300" if IS_LOCAL else "3000/300"
)
LIMIT_PER_USER = environment.rate("LIMIT_PER_USER", default="60000/300")
# The most days that a token may hold; 0: as many as its maker says.
TOKEN_DAYS_MAX = environment.number("TOKEN_DAYS_MAX", default=0)
# Of all prices of hardware, costs and budgets: they are summed and compared.
CURRENCY = environment.currency("CURRENCY", default="USD")
LIMITABLE_DEPLOYMENTS = "deployments.reached.offered"  # to which deployments one may limit a token
WEB_PROCESSES = environment.number("WEB_PROCESSES", default=1, least=1)
RATES_URL = CACHE_URL or (
    BROKER_URL.replace("redis+socket://", "unix://")
    if WEB_PROCESSES > 1 and BROKER_URL.startswith("redis")
    else ""
)
RUNTIMES = environment.words("RUNTIMES", ["local"])
# How models are shut in: the best that works here unless said (docs/isolation.md).
RUNTIME_ISOLATION = environment.one_of(
    "RUNTIME_ISOLATION", {"bubblewrap", "landlock", "none"}, default=""
)
RUNTIME_NETWORK = environment.flag("RUNTIME_NETWORK", default=False)
# What "runs here" reckons with, where what is found is not what models may have.
HARDWARE_MEMORY = environment.size("HARDWARE_MEMORY")
HARDWARE_GPU_MEMORY = environment.sizes("HARDWARE_GPU_MEMORY")
# For reading the live APIs of outside catalogs; each goes to its own host only.
REPLICATE_API_TOKEN = environment.text("REPLICATE_API_TOKEN")
HF_TOKEN = environment.text("HF_TOKEN")
METRICS_TOKEN = environment.text("METRICS_TOKEN")
SEARCH_INDEX_DIR = VAR_DIR / "index"
SEARCH_VECTORS_DIR = VAR_DIR / "vectors"

# What goes out: e-mail, and calls of addresses that people gave (config/outbound.py).
EMAIL_URL = environment.url(
    "EMAIL_URL",
    schemes={"smtp", "smtp+tls", "smtp+ssl", "consolemail"},
    example="smtp+tls://user:password@mail.example.org:587",
)
EMAIL_FROM = environment.text(
    "EMAIL_FROM", f"Slipway <slipway@{urlsplit(PUBLIC_URL).hostname or 'localhost'}>"
)
# Who may sign up. Without e-mail nobody can show that an address is theirs.
SIGN_UP_DOMAINS = environment.domains("SIGN_UP_DOMAINS")
SIGN_UP = environment.one_of(
    "SIGN_UP", {"open", "closed"}, default="open" if IS_LOCAL or SIGN_UP_DOMAINS else "closed"
)
if SIGN_UP_DOMAINS and not EMAIL_URL:
    raise ImproperlyConfigured(
        "SIGN_UP_DOMAINS is set and EMAIL_URL is not; set it too, as only an e-mail that arrives "
        "shows that an address is somebody's own."
    )
# Pictures of cards are fetched from these hosts and shown from here (catalog/images); off: links.
_hosts = environment.words(
    "IMAGE_HOSTS",
    [
        *("github.com", ".githubusercontent.com", "huggingface.co", ".huggingface.co", ".hf.co"),
        *("replicate.delivery", ".replicate.delivery", "i.imgur.com"),
    ],
)
IMAGE_HOSTS = [] if _hosts == ["off"] else [host.lower() for host in _hosts]
IMAGES_SIZE_MAX = environment.size("IMAGES_SIZE_MAX") or 1_000_000_000
# Files that are sent for predictions and made by them; what is half there lies in uploads.
FILE_SIZE_MAX = environment.size("FILE_SIZE_MAX") or 100_000_000
FILES_PER_OWNER = environment.size("FILES_PER_OWNER") or 5_000_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000  # of a body but its files: inputs hold data: URLs
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
# Versions that were pushed and their packages; what is not used for so long is built again.
BUNDLES_SIZE_MAX = environment.size("BUNDLES_SIZE_MAX") or 20_000_000_000
ENVIRONMENTS_SIZE_MAX = environment.size("ENVIRONMENTS_SIZE_MAX") or 20_000_000_000
ENVIRONMENTS_KEPT_DAYS = environment.number("ENVIRONMENTS_KEPT_DAYS", default=30, least=1)
# How long a prediction may run, how long its data is kept (0: for ever, and nobody may say more
# than another number), and how many may wait for one deployment.
PREDICTION_SECONDS = environment.number("PREDICTION_SECONDS", default=1800, least=1)
PREDICTIONS_KEPT_SECONDS = environment.number("PREDICTIONS_KEPT_SECONDS", default=30 * 86_400)
QUEUE_MAX = environment.number("QUEUE_MAX", default=1000, least=1)
QUEUE_MAX_PER_OWNER = environment.number("QUEUE_MAX_PER_OWNER", default=500, least=1)
WEBHOOK_ALLOWED_HOSTS = environment.hosts("WEBHOOK_ALLOWED_HOSTS")

INSTALLED_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "accounts.session_app.SessionsConfig",  # allauth.usersessions
    "accounts",
    "catalog",
    "deployments",
    "config",
    "accounts.admin_app.StaffAdminConfig",  # Django's admin behind our doors
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "config.middleware.request_id",
    "config.headers.headers",
    "accounts.audit.remember",
    "config.health.views.doors",
    "config.middleware.compress_answers",
    "config.api.middleware.api",
    "config.middleware.refuse_nul",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.compress_pages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.preferences.preferences",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.note",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.rates.limited",
    "config.middleware.methods_of_pages",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.preferences.for_templates",
            ],
        },
    },
]


def _sqlite() -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "slipway.sqlite3",
        # Each thread keeps its connection: opening one costs more than most queries, cache lost.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;"
                "PRAGMA temp_store=MEMORY;"
            ),
        },
    }


# Given up soon, an attempt to connect is made anew by the next who asks. Left to itself it waits
# twice as long each time, five minutes in all, and whoever asks meanwhile waits for it in vain.
POSTGRESQL_POOL = {"min_size": 1, "max_size": 20, "timeout": 10, "reconnect_timeout": 2}


def _postgresql() -> dict[str, object]:
    database: dict[str, object] = environ.Env.db_url_config(DATABASE_URL)
    if not database.get("NAME"):
        raise ImproperlyConfigured(
            "DATABASE_URL names no database; set it as in "
            "postgresql://slipway:password@127.0.0.1:5432/slipway."
        )
    return {
        **database,
        "ENGINE": "config.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**database.get("OPTIONS", {}), "pool": POSTGRESQL_POOL},  # type: ignore[dict-item]
    }


DATABASES = {"default": _postgresql() if DATABASE_URL else _sqlite()}
if not DATABASE_URL:
    # The REST framework imports this if it is there, and psycopg with it: 9 MB in each process.
    sys.modules["django.contrib.postgres.fields"] = None  # type: ignore[assignment]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # Parts of pages that are the same for all readers of a language, in each process.
    "parts": {
        "BACKEND": f"django.core.cache.backends.{'dummy.Dummy' if DEBUG else 'locmem.LocMem'}Cache"
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.LongestValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # what was hashed before 0.2
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
# Who knows names that nobody may sign up with, as others have them elsewhere in Slipway.
NAMES_TAKEN_BY = ["catalog.names.is_publisher"]

# Signing in, by django-allauth; accounts/adapter.py holds what it may not decide for itself.
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "add_email": "accounts.forms.AddressForm",
    "change_password": "accounts.forms.NewPasswordForm",
    "set_password": "accounts.forms.FirstPasswordForm",
    "reset_password": "accounts.forms.LostPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordForm",
    "reauthenticate": "accounts.forms.SureForm",
    "confirm_email_verification_code": "accounts.forms.AddressCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_USERNAME_VALIDATORS = "accounts.names.VALIDATORS"
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Slipway] "
ACCOUNT_EMAIL_NOTIFICATIONS = bool(EMAIL_URL)
# Where no mail goes out an address cannot be confirmed, and nobody is kept out for that; then one
# that somebody has may be given again, or sign-up would tell whose it is.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "none"
ACCOUNT_PREVENT_ENUMERATION = True if EMAIL_URL else "strict"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = bool(EMAIL_URL)
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Counted by accounts/tries.py instead: strictly, and refused when it cannot be counted.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme
# Other services that one may come in by; docs/accounts.md says where each gives id and secret.
GITHUB = environment.together("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET")
GOOGLE = environment.together("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")
OPENID_SERVER_URL = environment.url(
    "OPENID_SERVER_URL", schemes={"https", "http"}, example="https://login.example.org/realms/main"
)
OPENID = environment.together("OPENID_SERVER_URL", "OPENID_CLIENT_ID", "OPENID_CLIENT_SECRET")
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {
    name: {
        "APPS": [{"client_id": known[0], "secret": known[1]}] if known else [],
        "SCOPE": scope,
        "OAUTH_PKCE_ENABLED": True,
    }
    for name, known, scope in (
        ("github", GITHUB, ["read:user", "user:email"]),
        ("google", GOOGLE, ["openid", "profile", "email"]),
    )
}
SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
    "OAUTH_PKCE_ENABLED": True,
    "APPS": [
        {
            "provider_id": "openid",
            "name": environment.text("OPENID_NAME", urlsplit(OPENID[0]).hostname or "OpenID"),
            "client_id": OPENID[1],
            "secret": OPENID[2],
            "settings": {"server_url": OPENID[0].rstrip("/")},
        }
    ]
    if OPENID
    else [],
}
SOCIALACCOUNT_ADAPTER = "accounts.services.ServicesAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.ServiceSignUpForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # people choose their name here themselves
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondCodeForm",
    "reauthenticate": "accounts.forms.SureCodeForm",
    "activate_totp": "accounts.forms.AppForm",
    "login_webauthn": "accounts.forms.KeyDoorForm",
    "authenticate_webauthn": "accounts.forms.SecondKeyForm",
    "reauthenticate_webauthn": "accounts.forms.SureKeyForm",
    "add_webauthn": "accounts.forms.KeyForm",
    "edit_webauthn": "accounts.forms.KeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half a minute of a clock that goes wrong, or of slow typing
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs in before confirming, where mail can go out
# Browsers take http://localhost for safe; the key itself still names the host it was made for.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOCAL and not PUBLIC_URL.startswith("https://")
# A session ends after two weeks without use (Django's default), and 30 days after its sign-in.
SESSION_DAYS_MAX = 30
SESSION_ENGINE = "accounts.session_store"

_mail = environ.Env.email_url_config(EMAIL_URL or "dummymail://")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"] or "localhost", _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Security. TLS ends at the proxy in front; with an http PUBLIC_URL there is none.
IS_SERVED_BY_TLS = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SERVED_BY_TLS else None
SECURE_SSL_REDIRECT = IS_SERVED_BY_TLS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_SERVED_BY_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SERVED_BY_TLS
SECURE_HSTS_PRELOAD = IS_SERVED_BY_TLS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SERVED_BY_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# With TLS browsers themselves see to it that no other host and no plain page has set a cookie.
COOKIE_PREFIX = "__Host-" if IS_SERVED_BY_TLS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_SECURE = IS_SERVED_BY_TLS
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
MESSAGE_STORAGE = "config.messages.Storage"
CSRF_FAILURE_VIEW = "catalog.views.errors.csrf_failed"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.bodies.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.bodies.BodyParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "config.api.problems.respond_to",
    "UNAUTHENTICATED_USER": None,
}
TAGS = (
    "Models",
    "Versions",
    "Collections",
    "Deployments",
    "Hardware",
    "Predictions",
    "Files",
    "Webhooks",
    "Account",
    "Organizations",
    "Audit",
    "API",
)
SPECTACULAR_SETTINGS = {
    "TITLE": "Slipway",
    "DESCRIPTION": "Replicate's HTTP API, extended with what it lacks. "
    "Reading the catalog needs no token.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "TAGS": [{"name": name} for name in TAGS],
    "OAS_VERSION": "3.1.0",
    "GET_MOCK_REQUEST": "config.api.contract.mock_request",
    "PREPROCESSING_HOOKS": ["config.api.contract.without_the_second_prefix"],
    "POSTPROCESSING_HOOKS": ["config.api.contract.finish"],
    "SORT_OPERATION_PARAMETERS": False,
    # The labels are translated, and the contract has one language.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 3
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # Longer than the longest task, or a healthy task would run twice.
        "visibility_timeout": 600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 3,
    }
    if "redis" in BROKER_URL
    else {}
)
# The worker of threads takes the first three, whose tasks wait for others and compute nothing; what
# computes stays with the worker of processes. See docs/adr/0014.
CELERY_TASK_ROUTES = {
    "deployments.tasks.run_predictions": {"queue": "predictions"},
    "deployments.tasks.send_webhooks": {"queue": "webhooks"},
    "deployments.tasks.*": {"queue": "deployments"},
    "catalog.tasks.index_stale_models": {"queue": "index"},
    "catalog.tasks.check_index": {"queue": "index"},
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    # What waited longer than the next one comes is not worth doing twice.
    "sweep deployments": {
        "task": "deployments.tasks.sweep",
        "schedule": 1.0,
        "options": {"expires": 1.0},
    },
    "forget data of predictions": {
        "task": "deployments.tasks.forget_data",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "sweep predictions": {
        "task": "deployments.tasks.sweep_predictions",
        "schedule": 1.0,
        "options": {"expires": 1.0},
    },
    "stop orphans": {
        "task": "deployments.tasks.stop_orphans",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "note instances": {
        "task": "deployments.tasks.note_instances",
        "schedule": 60.0,
        "options": {"expires": 30.0},
    },
    "forget instances": {
        "task": "deployments.tasks.forget_instances",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "note the heartbeat of the worker of models": {
        "task": "deployments.tasks.note_heartbeat",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "index stale models": {
        "task": "catalog.tasks.index_stale_models",
        "schedule": 3.0,
        "options": {"expires": 3.0},
    },
    "check the index": {
        "task": "catalog.tasks.check_index",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "look for new matches": {
        "task": "catalog.tasks.look_for_new_matches",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "send alerts": {
        "task": "catalog.tasks.send_alerts",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "forget old alerts": {
        "task": "catalog.tasks.forget_old_alerts",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "forget files": {
        "task": "deployments.tasks.forget_files",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "clean bundles": {
        "task": "deployments.tasks.clean_bundles",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "send webhooks": {
        "task": "deployments.tasks.send_webhooks",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "forget webhooks": {
        "task": "deployments.tasks.forget_webhooks",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "forget counts of limits": {
        "task": "accounts.tasks.forget_counts",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "forget sessions": {
        "task": "accounts.tasks.forget_sessions",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "close accounts": {
        "task": "accounts.tasks.close_accounts",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "let predictions follow": {
        "task": "deployments.tasks.settle_moves",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "group copies": {
        "task": "catalog.tasks.group_copies",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "keep the vectors": {
        "task": "catalog.tasks.keep_vectors",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
    "note the heartbeat": {
        "task": "config.tasks.note_heartbeat",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")

LOGGING_CONFIG = None
logs.configure(level=environment.text("LOG_LEVEL", "INFO"), is_json=logs.wants_json())
