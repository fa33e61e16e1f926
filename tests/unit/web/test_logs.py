"""What must not stand in a log does not, and nobody writes a second line into it."""

from __future__ import annotations

import pytest

from ipfin.accounts.sealing import new_token
from ipfin.web.logs import mask, masked_text


def line(**event):
    return mask(None, "info", dict(event))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("身份证41050219900307123X", "身份证410502********123X"),
        ("写给zhang.san+x@firm.example。", "写给z***@firm.example。"),
        ("to <z@a.b.cn>,", "to <z***@a.b.cn>,"),
        ("GET /invite/abc-DEF_123 404", "GET /invite/*** 404"),
        ("[parameters: ('张三', '13812345678')]\n(Background", "[parameters: ***]\n(Background"),
    ],
)
def test_what_belongs_to_a_person_is_masked(said, kept):
    assert masked_text(said) == kept


@pytest.mark.parametrize(
    "plain", ["91410500MA40ABCD12 是信用代码", "ZL202310123456.7", "0372-2909999", "2026-03-05"]
)
def test_what_the_office_needs_stays(plain):
    assert masked_text(plain) == plain


def test_a_session_token_never_stands_in_a_log():
    token = new_token()
    assert token not in masked_text(f"cookie was {token}.")


@pytest.mark.parametrize(
    "key", ["password", "new_password", "csrf_token", "totp", "recovery_code", "Cookie", "secret_key"]
)
def test_a_field_with_a_secret_name_is_left_out(key):
    assert line(**{key: "anything"})[key] == "***"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u0085", "\x1b[2J"])
def test_nobody_writes_a_second_line(end):
    said = line(event="sign in", name=f"张三{end}2026-03-05 [info] forged")["name"]
    assert not any(character in said for character in "\n\r\u2028\u0085\x1b")
    assert "forged" in said


def test_a_trace_keeps_its_lines_and_loses_its_phones():
    shown = line(event="failed", exception="Traceback\n  File x\nValueError: 13812345678")["exception"]
    assert shown.count("\n") == 2
    assert "138****5678" in shown
