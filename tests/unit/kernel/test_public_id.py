"""Names of rows in addresses can be typed as they stand."""

from __future__ import annotations

from ipfin.kernel.public_id import new_public_id


def test_a_name_is_of_letters_and_digits_only() -> None:
    # One in 64 characters of the plain spelling would be a "-".
    names = [new_public_id() for _number in range(2_000)]
    assert all(name.isascii() and name.isalnum() and len(name) == 16 for name in names)
    assert len(set(names)) == len(names)
