"""One-time codes from an authenticator (RFC 6238) and the codes for whoever lost it.

Decides which code belongs to which half minute, how far a clock may be off, and what a recovery code looks
like. That each code counts once is decided by the service, in one SQL statement.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime
from typing import Final

STEP_SECONDS: Final = 30
DIGITS: Final = 6
STEPS_OFF: Final = 1  # how many steps a clock may be slow or fast (ASVS 6.5.5: short-lived codes)
RECOVERY_CODES: Final = 10
_RECOVERY_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I O 0 1
_RECOVERY_LENGTH: Final = 16  # 80 bits: nobody guesses one, so a plain hash keeps it
_QR_BORDER: Final = 4  # modules of quiet zone (ISO/IEC 18004)


def new_seed() -> str:
    """Return a random seed of 160 bits in base 32."""
    import pyotp

    return pyotp.random_base32()


def provisioning_uri(seed: str, *, account: str, issuer: str) -> str:
    """Return the address that an authenticator reads from the QR code."""
    import pyotp

    return pyotp.TOTP(seed, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=account, issuer_name=issuer
    )


def qr_svg(uri: str) -> str:
    """Return the QR code of `uri` as an SVG element to stand inside a page, without script or style."""
    import segno

    code = segno.make(uri, error="m", micro=False)
    return code.svg_inline(scale=4, border=_QR_BORDER, omitsize=True, svgclass="qr-code", lineclass=None)


def step_of(instant: datetime) -> int:
    """Return the number of the half minute that `instant` lies in."""
    return int(instant.timestamp()) // STEP_SECONDS


def code_at(seed: str, step: int) -> str:
    """Return the code of one half minute."""
    import pyotp

    return pyotp.TOTP(seed, digits=DIGITS, interval=STEP_SECONDS).generate_otp(step)


def matching_step(seed: str, code: str, instant: datetime) -> int | None:
    """Return the half minute whose code `code` is, at most one step off; None when it is no such code.

    Every step is compared whatever the first gave, so that the time taken tells nothing.
    """
    typed = clean_code(code).encode("utf-8", "replace")
    now = step_of(instant)
    matching = [
        step
        for step in range(now - STEPS_OFF, now + STEPS_OFF + 1)
        if secrets.compare_digest(code_at(seed, step).encode(), typed)
    ]
    return matching[-1] if matching else None


def clean_code(text: str) -> str:
    """Return a typed code without spaces and hyphens, in half width and capital letters."""
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text[:64])).upper()


def looks_like_recovery(text: str) -> bool:
    """Return whether `text` has the form of a recovery code rather than of an authenticator's."""
    return len(clean_code(text)) == _RECOVERY_LENGTH


def new_recovery_codes() -> tuple[str, ...]:
    """Return ten codes in groups of four, each good once, to be shown once."""
    return tuple(_new_recovery_code() for _number in range(RECOVERY_CODES))


def _new_recovery_code() -> str:
    letters = "".join(secrets.choice(_RECOVERY_ALPHABET) for _place in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))


def recovery_hash(code: str) -> str:
    """Return the hash under which a recovery code is kept, however it was typed."""
    return hashlib.sha256(clean_code(code).encode("utf-8", "backslashreplace")).hexdigest()
