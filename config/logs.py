"""Structured logs: one line an event, with the id of the request that caused it."""

import logging.config
import re
import threading
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured

from config import environment

TOKEN = re.compile(r"(slip_[0-9A-Za-z]{7})[0-9A-Za-z]{20,}|(whsec_)[0-9A-Za-z+/=]{20,}")
# What moves a terminal, ends a line for some reader, or turns the order of what is read.
CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
OF_VALUES, OF_LINES = re.compile(rf"[\n\t{CONTROLS}]"), re.compile(f"[{CONTROLS}]")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Without the values of local variables: secrets are among them.
JSON_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def wants_json() -> bool:
    """For gunicorn too, which speaks before the settings are read, and when they cannot be."""
    return environment.flag("LOG_JSON", default=not environment.is_local())


def configure(*, level: str, is_json: bool) -> None:
    """Send what Django, Celery and our own code log through structlog to standard error."""
    if level.upper() not in LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL is {level!r}; set it to one of {', '.join(LEVELS)}.")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_standard_library(level.upper(), is_json=is_json))
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_end_of_thread


def formatter(*, is_json: bool) -> structlog.stdlib.ProcessorFormatter:
    renderer: list[structlog.typing.Processor] = (
        [JSON_TRACEBACKS, structlog.processors.JSONRenderer()]
        if is_json
        else [
            on_one_line,
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
            kept_together,
        ]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED_PROCESSORS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *renderer,
            without_tokens,
        ],
    )


def _standard_library(level: str, *, is_json: bool) -> dict[str, object]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": {"()": formatter, "is_json": is_json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        # gunicorn's access lines and Django's own request log would say everything twice.
        # A stranger's Host header is answered with 400; it is no error of ours.
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    """Python's own would print the traceback past us."""
    if ended.exc_type is SystemExit or ended.exc_value is None:
        return
    about = (ended.exc_type, ended.exc_value, ended.exc_traceback)
    logging.getLogger("threading").error("a thread ended with an error", exc_info=about)


def on_one_line(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A path, a name, a receiver's answer: whatever somebody wrote into it begins no line."""
    return {
        key: OF_VALUES.sub(_escaped, value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def kept_together(_logger: object, _name: str, line: Any) -> str:
    """Further lines, those of tracebacks, are set in: nothing in them passes for an event."""
    return OF_LINES.sub(_escaped, line).replace("\n", "\n    ")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def without_tokens(_logger: object, _name: str, line: Any) -> str:
    """The finished line, traceback and all: whatever let a token slip in, it does not get out."""
    return TOKEN.sub(r"\1\2...", line)
