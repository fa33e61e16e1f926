"""One index for each order of the lists of firms, so that no page of them is sorted.

Revision: 011
After: 010

Going down brings back the three indexes from before.
"""

from __future__ import annotations

from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None

REPLACED = {
    "ix_enterprise_pinyin_key": ("enterprise", ["pinyin_key"]),
    "ix_enterprise_region_valid": ("enterprise", ["region_code", "valid_count", "id"]),
    "ix_admission_ranking": ("admission", ["ended_on", "graded_e4", "id"]),
}
MADE = {
    "ix_enterprise_region_valid": (
        "enterprise",
        ["region_code", "valid_count", "id", "valid_invention_count", "pledged_count", "pending_count"],
    ),
    "ix_enterprise_region_inventions": ("enterprise", ["region_code", "valid_invention_count", "id"]),
    "ix_enterprise_inventions": ("enterprise", ["valid_invention_count", "id"]),
    "ix_enterprise_region_pledged": ("enterprise", ["region_code", "pledged_count", "id"]),
    "ix_enterprise_pledged": ("enterprise", ["pledged_count", "id"]),
    "ix_enterprise_region_name": ("enterprise", ["region_code", "pinyin_key", "id"]),
    "ix_enterprise_name": ("enterprise", ["pinyin_key", "id"]),
    "ix_enterprise_region": ("enterprise", ["region_code", "id"]),
    "ix_enterprise_as_of": ("enterprise", ["as_of"]),
    "ix_admission_ranking": (
        "admission",
        ["graded_e4", "enterprise_id", "valid_from", "valid_until", "ended_on"],
    ),
    "ix_admission_firm": (
        "admission",
        ["enterprise_id", "valid_from", "valid_until", "ended_on", "grade"],
    ),
}


def upgrade() -> None:
    _exchange(REPLACED, MADE)


def downgrade() -> None:
    _exchange(MADE, REPLACED)


def _exchange(old: dict[str, tuple[str, list[str]]], new: dict[str, tuple[str, list[str]]]) -> None:
    for name, (table, _columns) in old.items():
        op.drop_index(name, table_name=table)
    for name, (table, columns) in new.items():
        op.create_index(name, table, columns, unique=False)
