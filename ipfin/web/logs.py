"""One line for each thing worth logging, with what must not stand in a log taken out.

Decides the shape and the masking of the technical log; what the auditor reads is `audit`.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from ipfin.config import Environment, Settings

_SECRET_WORDS = ("password", "token", "secret", "totp", "code", "cookie", "csrf", "parameters")
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)"), r"\1********\2"),  # identity numbers
    (re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),  # mobile phones
    (
        re.compile(
            r"(?<![A-Za-z0-9_.+-])([A-Za-z0-9_+-])[A-Za-z0-9_.+-]*@((?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+)"
        ),
        r"\1***@\2",
    ),  # mail addresses
    (re.compile(r"(/invite/)[^/?#\s\"']+"), r"\1***"),  # whoever has the link has the account
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])"), "***"),  # tokens of sessions, see accounts.sealing
    (re.compile(r"\[parameters: .*?\]\n", re.DOTALL), "[parameters: ***]\n"),  # values of a failed SQL
)
_BREAKS = str.maketrans({"\r": "\\r", "\n": "\\n", "\x1b": "\\x1b", "\u2028": "\\u2028", "\u0085": "\\x85"})


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
    """Take secrets, phones, mails and identity numbers out of a line, and keep what a person sent on one."""
    for key, value in list(event.items()):
        if any(word in key.lower() for word in _SECRET_WORDS):
            event[key] = "***"
        elif isinstance(value, str):
            masked = masked_text(value)
            event[key] = masked if key == "exception" else masked.translate(_BREAKS)
    return event


def masked_text(text: str) -> str:
    """Return `text` without what must not stand in a log."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text
