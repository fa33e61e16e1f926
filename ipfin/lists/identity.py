"""Which firm of the registry a row of a list speaks of: by credit code, then by exact name. Pure.

Decides identity only, and never guesses: a code and a name that lead to different firms are refused in
words, unless the list itself says that the one name is a former one of the other (曾用名).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ipfin.kernel.text import Text, _
from ipfin.registry.applicants import canonical_name, name_key
from ipfin.registry.values import clean_text

OTHER_NAME = "code_has_other_name"
OTHER_CODE = "name_has_other_code"
TWO_RECORDS = "two_records"


@dataclass(frozen=True, slots=True)
class KnownFirm:
    """An enterprise as it stands. `names` are the keys of every name it has or had."""

    id: int
    name: str
    credit_code: str
    names: frozenset[str]
    region_code: str
    locality: str
    address: str
    industry_code: str
    established_on: date | None
    as_of: date | None


@dataclass(frozen=True, slots=True)
class KnownFirms:
    """The enterprises that a list may speak of; one that was merged away leads to its survivor."""

    by_code: Mapping[str, KnownFirm]
    by_name: Mapping[str, KnownFirm]


@dataclass(frozen=True, slots=True)
class Identity:
    """The firm of a row, None for an unknown one; or why it cannot be said, with a stable word."""

    firm: KnownFirm | None = None
    is_renamed: bool = False  # the list has a newer name, and says that the known one is a former one
    is_doubled: bool = False  # the newer name stands in the registry as a firm of its own
    refusal: Text | None = None
    code: str = ""


def key_of(name: str) -> str:
    """Return the key under which spellings of a firm's name meet."""
    return name_key(canonical_name(clean_text(name)))[:200]


def identify(
    firms: KnownFirms, credit_code: str, key: str, name: str, former: frozenset[str] = frozenset()
) -> Identity:
    """Return which firm a row speaks of.

    Args:
        credit_code: well-formed, or "".
        key: the key of `name`, or "" where the row tells no name.
        former: keys of the names that the row says it had before.
    """
    by_code = firms.by_code.get(credit_code) if credit_code else None
    by_name = firms.by_name.get(key) if key else None
    if by_code is None:
        if by_name is not None and credit_code and by_name.credit_code not in ("", credit_code):
            return Identity(refusal=_other_code(by_name, credit_code), code=OTHER_CODE)
        return Identity(by_name)
    if not key or key in by_code.names:
        return Identity(by_code)
    if former & by_code.names:
        return Identity(by_code, is_renamed=by_name is None, is_doubled=by_name is not None)
    if by_name is not None and by_name.id != by_code.id:
        return Identity(refusal=_two_records(by_code, by_name, credit_code), code=TWO_RECORDS)
    return Identity(refusal=_other_name(by_code, name, credit_code), code=OTHER_NAME)


def _other_code(firm: KnownFirm, code: str) -> Text:
    return _(
        "库中“%(name)s”的统一社会信用代码为%(known)s，名单为%(listed)s，未作归并；请核对后改正其中一个。",
        name=firm.name,
        known=firm.credit_code,
        listed=code,
    )


def _other_name(firm: KnownFirm, name: str, code: str) -> Text:
    return _(
        "统一社会信用代码%(code)s在库中属于“%(known)s”，名单写作“%(listed)s”，未作归并；"
        "如已更名，请在“曾用名”列填写旧名后再导入，否则请改正代码。",
        code=code,
        known=firm.name,
        listed=name,
    )


def _two_records(by_code: KnownFirm, by_name: KnownFirm, code: str) -> Text:
    return _(
        "统一社会信用代码%(code)s在库中属于“%(one)s”，而名称属于另一条记录“%(other)s”，未作归并；"
        "如为同一企业，请先在“企业归并”中确认，或在“曾用名”列填写旧名。",
        code=code,
        one=by_code.name,
        other=by_name.name,
    )
