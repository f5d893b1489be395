"""The log: one line per decision, case number first, never a customer's text or address above debug.

The home of structlog.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def set_up(level: str = "info", form: str = "text") -> None:
    """Send the log to standard error. Times are UTC; control characters from outside cannot forge lines."""
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _one_line,
    ]
    if form == "text":
        # Plain tracebacks: the pretty ones print the values of variables, and those are customers' words.
        plain = structlog.dev.plain_traceback
        processors.append(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain))
    else:
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def _one_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {k: _CONTROL.sub("�", v).replace("\n", " ") if isinstance(v, str) else v for k, v in event.items()}


def logger() -> Any:
    """The log to write to: `log.info("what.happened", case=number, …)`."""
    return structlog.get_logger()
