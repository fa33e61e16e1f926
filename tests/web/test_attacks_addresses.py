"""Addresses that nobody was given: numbers no row can have, in every place of every page."""

from __future__ import annotations

import pytest
from flask import Flask

from ipfin.kernel.actor import Role
from tests.web.making import WebMake
from tests.web.test_access_matrix import declared, pages

NUMBERS = (2**31, 2**63, 10**20, 10**300)


def numbered(app: Flask) -> list[tuple[str, str, str]]:
    """Return (endpoint, method, rule) of every page whose address holds a number."""
    rules = [rule for rule in app.url_map.iter_rules() if "<int" in rule.rule]
    asked = {(endpoint, method) for endpoint, method in pages(app)}
    return [
        (rule.endpoint, method, rule.rule)
        for rule in rules
        for method in ("GET", "POST")
        if (rule.endpoint, method) in asked
    ]


def filled(rule: str, number: int) -> str:
    """Return the rule's address with `number` in every place of a number, and a word in the others."""
    pieces = rule.replace(">", "<").split("<")
    return "".join(
        piece if at % 2 == 0 else (str(number) if piece.startswith("int") else "nothing-like-it")
        for at, piece in enumerate(pieces)
    )


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.BANK, Role.INSURER, Role.ENTERPRISE, Role.ADMIN])
def test_a_number_that_no_row_can_have_is_no_page(app: Flask, client, make: WebMake, role: Role) -> None:
    client.sign_in(make.user(role))
    wrong, asked = [], 0
    for endpoint, method, rule in numbered(app):
        assert declared(app, endpoint) is not None
        for number in NUMBERS:
            data = {"csrf_token": client.form_token()} if method == "POST" else None
            reply = client.open(filled(rule, number), method=method, data=data)
            asked += 1
            if reply.status_code not in (404, 405):
                wrong.append(f"{method} {rule} with {number}: {reply.status_code}")
    assert asked >= 4 * 20
    assert not wrong, "\n".join(wrong)
