"""At which level each field stands, and what a reader is shown of it: all, a masked form, or nothing. Pure.

Decides per field only; which rows a person reaches is decided in `accounts.scopes`. Whoever shows
a field of a firm asks `sight_of`. A field that stands in no line here is at the highest level: closed.

The four levels are this platform's own, made as the Data Security Law wants it (数据安全法 arts. 21 and 27:
classify, and protect by class); beside each field stands why it is where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.kernel.actor import Role
from ipfin.kernel.text import Text, _


class Level(StrEnum):
    """How closely a field is kept (数据级别)."""

    L1 = "L1"  # 公开: published by the State or to be published
    L2 = "L2"  # 平台内共享: for the office and the institutions that take part
    L3 = "L3"  # 授权共享: beyond office and firm only by the firm's consent
    L4 = "L4"  # 不对外提供: what the office keeps to itself, secrets, and whatever nobody classified


LEVEL_LABELS: Final[Mapping[Level, Text]] = {
    Level.L1: _("公开"),
    Level.L2: _("平台内共享"),
    Level.L3: _("企业授权后可见"),
    Level.L4: _("不对外提供"),
}


class Sight(StrEnum):
    """What a reader is shown of a field (展示方式)."""

    FULL = "full"  # 全部
    MASKED = "masked"  # 脱敏
    NONE = "none"  # 不展示


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its level, why, and the set that opens it (L3 only).

    `is_masked`: the office reads it masked until it asks for one person's. `for_office`: of L4, what the
    office writes for itself; secrets are for nobody.
    """

    name: str
    level: Level
    source: Text
    field_set: FieldSet | None = None
    is_masked: bool = False
    for_office: bool = False


_REGISTERED = _("企业信息公示暂行条例第六条：注册登记信息应当公示")
_GAZETTE = _("专利法第二十一条：专利公报和专利信息公开的事项")
_PUBLISHED = _("本平台：白名单与名录发布的事项")
_SHARED = _("本平台：名录送达参与机构的事项")
_AT_EVENT = _("本平台：企业报名活动时填写、供参会机构阅读的事项")
_DECLARED = _("本平台：企业申报的经营数据，数据安全法第三十八条要求对商业秘密保密")
_PERSON = _("个人信息保护法第四条、第十三条、第二十三条：个人信息，须取得单独同意")
_INTERNAL = _("数据安全法第三十八条：履行职责中知悉的信息，不对外提供")
_SECRET = _("网络数据安全管理条例第九条：安全措施所用的数据")
_UNCLASSIFIED = _("未分级：按最高级别处理")


def _of(prefix: str, names: str, level: Level, source: Text, *, field_set: FieldSet | None = None,
        is_masked: bool = False, for_office: bool = False) -> list[Field]:  # fmt: skip
    return [
        Field(f"{prefix}.{name}", level, source, field_set, is_masked, for_office) for name in names.split()
    ]


_L1, _L2, _L3, _L4 = Level.L1, Level.L2, Level.L3, Level.L4
_DECLARED_SET, _CONTACT_SET = FieldSet.DECLARED, FieldSet.CONTACTS
_LINES: Final = (
    # The firm as the business register and the patent gazette know it.
    *_of("firm", "name credit_code credit_code_checks region locality address industry_code established_on"
         " former_name", _L1, _REGISTERED),
    *_of("firm", "patent_count granted_count valid_count valid_invention_count valid_utility_count"
         " valid_design_count pledged_count pending_count unknown_count as_of source", _L1, _GAZETTE),
    *_of("firm", "grade admission_from admission_until", _L1, _PUBLISHED),
    *_of("firm", "dispute", _L2, _SHARED),
    # Notified by the patent office, and one of the facts that institutions agreed to be told.
    *_of("firm", "irregular_filings", _L2, _SHARED),
    *_of("firm", "tags visits conduct_evidence merge_history", _L4, _INTERNAL, for_office=True),
    # Patents: the register is public, and so are encumbrances.
    *_of("patent", "application_number publication_number title kind filed_on granted_on expires_on validity"
         " legal_status flags ipc holders claims_count cited_by_count family_count", _L1, _GAZETTE),
    *_of("patent", "vendor_group listed_status source as_of upkeep next_fee grounds", _L2, _SHARED),
    # The score: level and reasons for institutions, declared figures by consent.
    *_of("score", "grade graded_score known_score interval coverage reasons strengths unknowns model",
         _L2, _SHARED),
    *_of("score", "lines", _L2, _SHARED),
    *_of("score", "M5 C2 C3 C4", _L3, _DECLARED, field_set=_DECLARED_SET),
    *_of("fact", "legal_form operating_status registered_capital former_names", _L1, _REGISTERED),
    *_of("fact", "product_filings licences_out foreign_jurisdictions title", _L2, _SHARED),
    *_of("fact", "rd_share_bp tax_credit revenue_growth_bp pledge_history", _L3, _DECLARED,
         field_set=_DECLARED_SET),
    *_of("fact", "evidence", _L3, _INTERNAL),
    # What a firm writes when it signs up for an event, for the institutions that come to read.
    *_of("registration", "need amount months", _L2, _AT_EVENT),
    # People at the firm.
    *_of("contact", "name post", _L3, _PERSON, field_set=_CONTACT_SET),
    *_of("contact", "phone mail", _L3, _PERSON, field_set=_CONTACT_SET, is_masked=True),
    *_of("contact", "id_number home_address", _L4, _PERSON),
    # Documents of the house.
    *_of("document", "title verify_code issued_at sha256 row_count", _L1, _PUBLISHED),
    *_of("document", "filename purpose issued_to", _L2, _SHARED),
    *_of("document", "stored_name", _L4, _SECRET),
    *_of("user", "phone_sealed password_hash totp_sealed", _L4, _SECRET),
)  # fmt: skip
FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _LINES}
"""Every field that the product shows of a firm, by name `<thing>.<column>`."""


def fields_in(field_set: FieldSet) -> tuple[str, ...]:
    """Return the names of the fields that a consent to `field_set` opens."""
    return tuple(name for name, field in FIELDS.items() if field.field_set is field_set)


def field_named(name: str) -> Field:
    """Return the field; one that nobody classified is at the highest level."""
    return FIELDS.get(name) or Field(name, Level.L4, _UNCLASSIFIED)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a firm's fields: his role, whether the firm is his own, what the firm opened to him.

    `consents` are the pairs in force today of the reader's own institution; `purpose` is what he reads
    for. A consent for another purpose opens nothing. `revealed` says that the reader asked for this one
    person's data and that it was logged.
    """

    role: Role | None
    is_own: bool = False
    purpose: Purpose | None = None
    consents: frozenset[tuple[Purpose, FieldSet]] = frozenset()
    revealed: bool = False

    def may_read(self, field_set: FieldSet) -> bool:
        """Whether the firm opened `field_set` to the reader for what he reads for."""
        return self.purpose is not None and (self.purpose, field_set) in self.consents


_OFFICE: Final = frozenset({Role.CITY_OFFICER, Role.COUNTY_OFFICER})
INSTITUTIONS: Final = frozenset({Role.BANK, Role.INSURER, Role.GUARANTOR})


def sight_of(reader: Reader, name: str) -> Sight:
    """Return what `reader` is shown of the field `name`."""
    return sight(reader, field_named(name))


def sight(reader: Reader, field: Field) -> Sight:
    """Return what `reader` is shown of `field`.

    Everybody reads L1 but the administrator, who has no business with firms. Of L4 the office and the
    auditor read what the office wrote for itself. How a person is called is masked for the office until one
    person's is asked for, and for the auditor always: he checks that somebody was named, not whom one may
    call.
    """
    if reader.role is Role.ADMIN:
        return Sight.NONE
    if field.level is Level.L4:
        is_theirs = field.for_office and (reader.role in _OFFICE or reader.role is Role.AUDITOR)
        return Sight.FULL if is_theirs else Sight.NONE
    if field.level is Level.L1:
        return Sight.FULL
    if reader.role is Role.ENTERPRISE:
        return Sight.FULL if reader.is_own else Sight.NONE
    if reader.role in _OFFICE or reader.role is Role.AUDITOR:
        is_open = not field.is_masked or (reader.revealed and reader.role in _OFFICE)
        return Sight.FULL if is_open else Sight.MASKED
    if reader.role not in INSTITUTIONS:
        return Sight.NONE
    return _of_institution(reader, field)


def _of_institution(reader: Reader, field: Field) -> Sight:
    if field.level is Level.L2:
        return Sight.FULL
    is_open = field.field_set is not None and reader.may_read(field.field_set)
    return Sight.FULL if is_open else Sight.NONE


# --- Masks --------------------------------------------------------------------------------------------

_STAR: Final = "*"
_MOBILE_DIGITS: Final = 11


def mask_phone(number: str) -> str:
    """Return 138****5678 for a mobile number; of a shorter or longer one, its last digits are hidden."""
    said = number.strip()
    digits = [place for place, character in enumerate(said) if character.isdigit()]
    is_mobile = len(digits) >= _MOBILE_DIGITS
    hidden = digits[-8:-4] if is_mobile else digits[max(len(digits) - 4, 0) :]
    return "".join(_STAR if place in hidden else character for place, character in enumerate(said))


def mask_name(name: str) -> str:
    """Return a person's name with its first character and a star: 张*, whatever its length."""
    said = name.strip()
    return said[0] + _STAR if said else ""


def mask_mail(address: str) -> str:
    """Return z***@example.com: the first character and the domain."""
    local, at, domain = address.strip().rpartition("@")
    if not at:
        return _STAR * 3 if domain else ""
    return f"{local[:1]}{_STAR * 3}@{domain}"


def mask_code(code: str) -> str:
    """Return a credit code with its first six and last two characters, as long as it was."""
    said = code.strip()
    if len(said) <= 8:
        return _STAR * len(said)
    return said[:6] + _STAR * (len(said) - 8) + said[-2:]


_MASKS: Final = {
    "contact.name": mask_name,
    "contact.phone": mask_phone,
    "contact.mail": mask_mail,
    "firm.credit_code": mask_code,
}


def shown(reader: Reader, name: str, value: str) -> str | None:
    """Return the value of field `name` as `reader` is shown it, None when he is shown nothing.

    A masked field without a mask of its own is all stars: nothing of it is told.
    """
    match sight_of(reader, name):
        case Sight.FULL:
            return value
        case Sight.MASKED:
            mask = _MASKS.get(name)
            return mask(value) if mask else _STAR * 3
        case _:
            return None
