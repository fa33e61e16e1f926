"""A mail on its way out: what it is, how it is sent, how long to wait after a failure. Pure.

Decides the form of a mail and when the next attempt is due. Which mails are due, and that no two
workers take the same one, is decided in `service`.
"""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

MOST_ATTEMPTS: Final = 6
FIRST_WAIT: Final = timedelta(minutes=2)
SMTP_SECONDS: Final = 30

_ADDRESS: Final = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `key` is its own for good, so that a second copy can be known as one."""

    key: str
    recipient: str
    subject: str
    body: str
    written_at: datetime


Send = Callable[[Mail], None]
"""Hands a mail over, or raises: `MailRefused` for good, OSError or SMTPException for now."""


class MailRefused(Exception):
    """The server will never take this mail: an address that does not exist, for example."""


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after the `attempts`-th attempt failed (2, 4, 8 … minutes), None to give up."""
    return None if attempts >= MOST_ATTEMPTS else FIRST_WAIT * 2 ** (attempts - 1)


def checked_recipient(address: str) -> str:
    """Return a plain address.

    Raises:
        BadInput: not one address; a line break or a comma would add recipients.
    """
    address = address.strip()
    if len(address) > 254 or _ADDRESS.fullmatch(address) is None:
        raise BadInput(_("“%(address)s”不是邮箱地址。", address=address[:100]), field="email")
    return address


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as it travels. The Message-ID follows from the key: copies are the same message."""
    message = EmailMessage()
    message["Subject"] = " ".join(mail.subject.split())
    message["From"] = sender
    message["To"] = mail.recipient
    message["Date"] = format_datetime(mail.written_at)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `tls` upgrades the connection before anything is said (STARTTLS)."""

    host: str
    port: int
    username: str
    password: str
    tls: bool
    sender: str

    def send(self, mail: Mail) -> None:
        """Hand one mail over.

        Raises:
            MailRefused: the server refused it for good (5xx about this mail or its recipient).
            OSError, smtplib.SMTPException: not now.
        """
        with smtplib.SMTP(self.host, self.port, timeout=SMTP_SECONDS) as smtp:
            if self.tls:
                smtp.starttls(context=ssl.create_default_context())
            if self.username:
                smtp.login(self.username, self.password)
            try:
                smtp.send_message(message_of(mail, self.sender))
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()))
                raise _refusal(code, said) from error
            except smtplib.SMTPResponseException as error:
                raise _refusal(error.smtp_code, error.smtp_error) from error


def _refusal(code: int, said: bytes | str) -> MailRefused | smtplib.SMTPException:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return MailRefused(f"{code} {words}") if code >= 500 else smtplib.SMTPException(f"{code} {words}")


@dataclass(frozen=True, slots=True)
class MailFolder:
    """Where mails lie when no server is configured: files to be read on this machine, sent to nobody."""

    folder: Path
    sender: str

    def send(self, mail: Mail) -> None:
        """Write the mail as a file that mail programs open."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{mail.written_at:%Y%m%d-%H%M%S}-{hashlib.sha256(mail.key.encode()).hexdigest()[:12]}.eml"
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_bytes(message_of(mail, self.sender).as_bytes())
