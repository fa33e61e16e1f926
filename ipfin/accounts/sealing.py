"""Encryption of single fields (phone numbers, second-factor seeds), and tokens that only their holder knows.

Decides with which key a field is sealed and how a key is retired. A sealed value names its key, so that
after a rotation the rows still to be resealed are found without opening them. Every purpose has a key of
its own: a sealed phone number put into the column of a seed does not open. Whatever does not open is an
error; there is no way back to plain text. Does not decide which fields are sealed.

Keys come from the installation's secret by HKDF (RFC 5869); a value is a Fernet token (AES-128-CBC with
HMAC-SHA-256) behind `s1.<key id>.`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import _

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

SHORTEST_SECRET: Final = 16
LONGEST_PLAIN_BYTES: Final = 120  # what a column of 300 characters holds once it is sealed
_FORM: Final = "s1"
_TOKEN_BYTES: Final = 32


class CannotSeal(DomainError):
    """Nothing may be stored: the installation has no usable secret, or the value is too long."""


class CannotOpen(DomainError):
    """The value was sealed with a key that is not here, for another purpose, or was altered."""


class Sealer:
    """Seals and opens fields with the installation's secret.

    Args:
        secret: the present secret; seals everything new.
        retired: secrets of before, which still open what they sealed.

    Raises:
        CannotSeal: a secret is missing or shorter than 16 characters.
    """

    def __init__(self, secret: str, retired: Sequence[str] = ()) -> None:
        if any(len(each) < SHORTEST_SECRET for each in (secret, *retired)):
            raise CannotSeal(
                _(
                    "IPFIN_SECRET_KEY 缺失或不足%(length)s个字符，不能加密保存个人信息，未保存任何内容。",
                    length=SHORTEST_SECRET,
                )
            )
        self._secrets = (secret, *retired)
        self._key_ids = tuple(_derive(each, "key id", 4).hex() for each in self._secrets)

    def seal(self, plain: str, purpose: str) -> str:
        """Return `plain` encrypted for `purpose`; an empty value stays empty.

        Raises:
            CannotSeal: longer than 120 bytes.
        """
        if not plain:
            return ""
        packed = plain.encode()
        if len(packed) > LONGEST_PLAIN_BYTES:
            raise CannotSeal(_("内容过长，不能加密保存（最多%(bytes)s字节）。", bytes=LONGEST_PLAIN_BYTES))
        return self._labelled(self._fernet(purpose).encrypt(packed))

    def open_sealed(self, sealed: str, purpose: str) -> str:
        """Return what `seal` encrypted for `purpose`; an empty value stays empty.

        Raises:
            CannotOpen: unknown key, other purpose, altered or never sealed.
        """
        from cryptography.fernet import InvalidToken

        if not sealed:
            return ""
        try:
            return self._fernet(purpose).decrypt(self._token(sealed)).decode()
        except InvalidToken:
            raise self._refusal() from None

    def reseal(self, sealed: str, purpose: str) -> str:
        """Return `sealed` under the present key; one that already is comes back as it is.

        Raises:
            CannotOpen: see `open_sealed`.
        """
        from cryptography.fernet import InvalidToken

        if not self.needs_resealing(sealed):
            return sealed
        try:
            return self._labelled(self._fernet(purpose).rotate(self._token(sealed)))
        except InvalidToken:
            raise self._refusal() from None

    def needs_resealing(self, sealed: str) -> bool:
        """Return whether `sealed` stands under another key than the present one."""
        return bool(sealed) and not sealed.startswith(f"{_FORM}.{self._key_ids[0]}.")

    def fingerprint(self, text: str, purpose: str) -> str:
        """Return 64 hex digits that stand for `text` and tell nobody without the secret what it was."""
        return _fingerprint(self._secrets[0], text, purpose)

    def fingerprints(self, text: str, purpose: str) -> tuple[str, ...]:
        """Return the fingerprint under every secret, the present one first: what is looked for in rows
        that nobody has brought under the present one yet."""
        return tuple(_fingerprint(each, text, purpose) for each in self._secrets)

    def _fernet(self, purpose: str) -> MultiFernet:
        from cryptography.fernet import Fernet, MultiFernet

        keys = (_derive(each, f"field {purpose}", 32) for each in self._secrets)
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def _labelled(self, token: bytes) -> str:
        return f"{_FORM}.{self._key_ids[0]}.{token.decode()}"

    def _token(self, sealed: str) -> bytes:
        form, _dot, rest = sealed.partition(".")
        key_id, _dot, token = rest.partition(".")
        if form != _FORM or key_id not in self._key_ids or not token.isascii():
            raise self._refusal()
        return token.encode()

    def _refusal(self) -> CannotOpen:
        return CannotOpen(_("加密保存的内容无法解密：密钥不符或内容已损坏，请联系系统管理员恢复原密钥。"))


def _fingerprint(secret: str, text: str, purpose: str) -> str:
    key = _derive(secret, f"fingerprint {purpose}", 32)
    return hmac.new(key, text.encode("utf-8", "backslashreplace"), hashlib.sha256).hexdigest()


def _derive(secret: str, purpose: str, length: int) -> bytes:
    """Return `length` bytes that belong to this secret and purpose only."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt=None, info=f"ipfin {_FORM} {purpose}".encode()).derive(secret.encode())


# --- Tokens of sessions and invitations ------------------------------------------------------------


def new_token() -> str:
    """Return a random token of 256 bits for a cookie or a link."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return the hash under which a token is kept. Any text has one, also what no cookie may hold."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()


def is_same(left: str, right: str) -> bool:
    """Compare in constant time, as bytes: `compare_digest` fails on text that is not ASCII."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))
