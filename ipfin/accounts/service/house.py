"""The settings of an installation, in the form in which the services of this package use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from ipfin.accounts.models import Organisation, User
from ipfin.accounts.passwords import POLICIES, PasswordPolicy, context_words
from ipfin.accounts.policy import requires_second_factor
from ipfin.accounts.sealing import Sealer
from ipfin.config import PasswordProfile, Settings, settings_from_environment
from ipfin.kernel.actor import Role


@dataclass(frozen=True, slots=True)
class House:
    """The rules of one installation that concern accounts."""

    settings: Settings

    @property
    def passwords(self) -> PasswordPolicy:
        """The password profile."""
        return POLICIES[self.settings.password_profile]

    @property
    def idle(self) -> timedelta:
        """How long a session lives without a request."""
        return timedelta(minutes=self.settings.session_idle_minutes)

    @property
    def absolute(self) -> timedelta:
        """How long a session lives at most."""
        return timedelta(hours=self.settings.session_absolute_hours)

    @property
    def sealer(self) -> Sealer:
        """What seals fields.

        Raises:
            CannotSeal: the installation has no usable secret.
        """
        retired = tuple(key.get_secret_value() for key in self.settings.retired_secret_keys)
        return _sealer(self.settings.secret_key.get_secret_value(), retired)

    @property
    def issuer(self) -> str:
        """The name under which an authenticator lists our codes."""
        return f"ipfin {self.settings.city_name}"

    def must_have_second_factor(self, role: Role) -> bool:
        """Whether people of `role` must enrol an authenticator: 等保 8.1.4.1d leaves no choice."""
        is_asked = self.settings.totp_required or self.settings.password_profile is PasswordProfile.MLPS
        return is_asked and requires_second_factor(role)

    def password_expires_at(self, user: User) -> datetime | None:
        """Return from when on the user must change the password; None: never."""
        return self.passwords.expires_at(user.password_changed_at or user.created_at)

    def context_words(self, name: str, email: str, organisation: Organisation) -> Iterable[str]:
        """Return the words that this person's password may not contain."""
        return context_words(
            names=(name, organisation.name, organisation.short_name, self.settings.office_name),
            email=email,
            places=(self.settings.city_name,),
        )


def house_of(settings: Settings | None) -> House:
    """Return the rules of `settings`, by default those of the environment."""
    return House(settings or settings_from_environment())


@lru_cache(maxsize=8)
def _sealer(secret: str, retired: tuple[str, ...]) -> Sealer:
    return Sealer(secret, retired)
