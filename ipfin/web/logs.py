"""One line of JSON for each thing worth logging, with what must not stand in a log taken out.

Decides the shape and the masking of the technical log; what the auditor reads is `audit`.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from ipfin.config import Environment, Settings

_SECRET_WORDS = ("password", "token", "secret", "totp", "code", "cookie", "csrf")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")


def init_logs(settings: Settings) -> None:
    """Set up the log: JSON in production, readable lines elsewhere."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.env is Environment.PRODUCTION
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
        cache_logger_on_first_use=False,
    )


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets, phone numbers and identity numbers out of a log line, and keep it one line."""
    for key, value in list(event.items()):
        if any(word in key.lower() for word in _SECRET_WORDS):
            event[key] = "***"
        elif isinstance(value, str):
            masked = _IDENTITY.sub(r"\1********\2", _PHONE.sub(r"\1****\2", value))
            event[key] = masked if key == "exception" else masked.replace("\r", "\\r").replace("\n", "\\n")
    return event
