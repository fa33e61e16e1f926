"""The tables of the first release.

Revision: 001
After: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("actor_role", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_audit_entry_sequence_positive")),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_audit_entry_hash_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"], unique=False)
    op.create_index(op.f("ix_audit_entry_actor_user_id"), "audit_entry", ["actor_user_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_organisation_id"), "audit_entry", ["organisation_id"], unique=False)
    op.create_index("ix_audit_entry_timeline", "audit_entry", ["subject", "id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "directory_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("lines_count", sa.Integer(), nullable=False),
        sa.Column("patents_count", sa.Integer(), nullable=False),
        sa.Column("admitted_count", sa.Integer(), nullable=False),
        sa.Column("unverified_count", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.String(length=200), nullable=False),
        sa.Column("submitted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.String(length=200), nullable=False),
        sa.Column("approved_by_user_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recall_reason", sa.String(length=300), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "approved_by_user_id IS NULL OR approved_by_user_id <> submitted_by_user_id",
            name=op.f("ck_directory_issue_two_persons"),
        ),
        sa.CheckConstraint("lines_count >= 0", name=op.f("ck_directory_issue_lines_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_issue")),
        sa.UniqueConstraint("number", name=op.f("uq_directory_issue_number")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verify_code", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("stored_name", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("issued_to", sa.String(length=200), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purpose", sa.String(length=120), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("verify_code", name=op.f("uq_document_verify_code")),
    )
    op.create_index(op.f("ix_document_organisation_id"), "document", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_document_subject"), "document", ["subject"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registration_closes_on", sa.Date(), nullable=False),
        sa.Column("enterprise_seats", sa.Integer(), nullable=False),
        sa.Column("institution_seats", sa.Integer(), nullable=False),
        sa.Column("talks_start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("slot_count", sa.Integer(), nullable=False),
        sa.Column("desk_count", sa.Integer(), nullable=False),
        sa.Column("meetings_per_enterprise", sa.Integer(), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_ends_later")),
        sa.CheckConstraint(
            "enterprise_seats >= 0 AND institution_seats >= 0", name=op.f("ck_event_seats_not_negative")
        ),
        sa.CheckConstraint("slot_count BETWEEN 0 AND 60", name=op.f("ck_event_slot_range")),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 240", name=op.f("ck_event_slot_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_event_public_id")),
    )
    op.create_index(op.f("ix_event_state"), "event", ["state"], unique=False)
    op.create_table(
        "header_mapping",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_header_mapping")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("stored_name", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=120), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("header_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("rows_repeated", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_user_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", JSON, nullable=True),
        sa.CheckConstraint(
            "rows_read = rows_new + rows_changed + rows_unchanged + rows_refused",
            name=op.f("ck_import_batch_rows_reconcile"),
        ),
        sa.CheckConstraint(
            "rows_repeated <= rows_unchanged", name=op.f("ck_import_batch_repeated_are_unchanged")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_sha256"), "import_batch", ["sha256"], unique=False)
    op.create_index(op.f("ix_import_batch_state"), "import_batch", ["state"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_units", sa.Integer(), nullable=False),
        sa.Column("total_units", sa.Integer(), nullable=False),
        sa.Column("message", JSON, nullable=True),
        sa.Column("result", JSON, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("is_cancel_wanted", sa.Boolean(), nullable=False),
        sa.Column("asked_by_user_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done_units >= 0 AND total_units >= 0", name=op.f("ck_job_progress_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(op.f("ix_job_asked_by_user_id"), "job", ["asked_by_user_id"], unique=False)
    op.create_index(op.f("ix_job_kind"), "job", ["kind"], unique=False)
    op.create_index("ix_job_state_heartbeat", "job", ["state", "heartbeat_at"], unique=False)
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_mail_key")),
    )
    op.create_index("ix_outbox_mail_unsent", "outbox_mail", ["sent_at", "lease_until"], unique=False)
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code_region")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(op.f("ix_region_parent_code"), "region", ["parent_code"], unique=False)
    op.create_table(
        "scorecard_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=False),
        sa.Column("activated_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_version")),
        sa.UniqueConstraint("card_id", "version", name=op.f("uq_scorecard_version_card_id_version")),
        sa.UniqueConstraint("sha256", name=op.f("uq_scorecard_version_sha256")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_hash", name=op.f("pk_sign_in_failures")),
    )
    op.create_table(
        "workday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_workday")),
    )
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("credit_code_checks", sa.Boolean(), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("locality", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("industry_code", sa.String(length=12), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("pinyin_key", sa.String(length=400), nullable=False),
        sa.Column("patent_count", sa.Integer(), nullable=False),
        sa.Column("granted_count", sa.Integer(), nullable=False),
        sa.Column("valid_count", sa.Integer(), nullable=False),
        sa.Column("valid_invention_count", sa.Integer(), nullable=False),
        sa.Column("valid_utility_count", sa.Integer(), nullable=False),
        sa.Column("valid_design_count", sa.Integer(), nullable=False),
        sa.Column("pledged_count", sa.Integer(), nullable=False),
        sa.Column("pending_count", sa.Integer(), nullable=False),
        sa.Column("unknown_count", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("first_batch_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("granted_count >= valid_count", name=op.f("ck_enterprise_valid_within_granted")),
        sa.CheckConstraint("length(public_id) >= 10", name=op.f("ck_enterprise_public_id_length")),
        sa.CheckConstraint("valid_count >= pledged_count", name=op.f("ck_enterprise_pledged_within_valid")),
        sa.CheckConstraint(
            "valid_count >= valid_invention_count", name=op.f("ck_enterprise_inventions_within_valid")
        ),
        sa.ForeignKeyConstraint(
            ["first_batch_id"], ["import_batch.id"], name=op.f("fk_enterprise_first_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_enterprise_region_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_enterprise_credit_code")),
        sa.UniqueConstraint("name_key", name=op.f("uq_enterprise_name_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enterprise_public_id")),
    )
    op.create_index(op.f("ix_enterprise_pinyin_key"), "enterprise", ["pinyin_key"], unique=False)
    op.create_index(
        "ix_enterprise_region_valid", "enterprise", ["region_code", "valid_count", "id"], unique=False
    )
    op.create_index("ix_enterprise_valid", "enterprise", ["valid_count", "id"], unique=False)
    op.create_table(
        "event_timetable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("certificate", JSON, nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("value <= bound", name=op.f("ck_event_timetable_value_within_bound")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_timetable_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_timetable")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_event_timetable_event_id_number")),
    )
    op.create_index(
        "uq_event_timetable_published",
        "event_timetable",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "patent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_number", sa.String(length=20), nullable=True),
        sa.Column("publication_root", sa.String(length=20), nullable=True),
        sa.Column("publication_number", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filing_year", sa.Integer(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("was_granted", sa.Boolean(), nullable=False),
        sa.Column("validity", sa.String(length=40), nullable=False),
        sa.Column("legal_status", sa.String(length=40), nullable=False),
        sa.Column("flags", sa.String(length=200), nullable=False),
        sa.Column("tells_flags", sa.Boolean(), nullable=False),
        sa.Column("is_pledged", sa.Boolean(), nullable=False),
        sa.Column("ipc_main", sa.String(length=40), nullable=False),
        sa.Column("ipc_subclasses", sa.String(length=400), nullable=False),
        sa.Column("claims_count", sa.Integer(), nullable=True),
        sa.Column("cited_by_count", sa.Integer(), nullable=True),
        sa.Column("cites_count", sa.Integer(), nullable=True),
        sa.Column("family_count", sa.Integer(), nullable=True),
        sa.Column("industry_codes", sa.String(length=400), nullable=False),
        sa.Column("strategic_industry", sa.String(length=400), nullable=False),
        sa.Column("vendor_group", sa.String(length=400), nullable=False),
        sa.Column("listed_status", sa.String(length=400), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("first_batch_id", sa.Integer(), nullable=False),
        sa.Column("last_batch_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "application_number IS NOT NULL OR publication_root IS NOT NULL",
            name=op.f("ck_patent_has_a_number"),
        ),
        sa.CheckConstraint(
            "claims_count IS NULL OR claims_count >= 0", name=op.f("ck_patent_claims_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["first_batch_id"], ["import_batch.id"], name=op.f("fk_patent_first_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["last_batch_id"], ["import_batch.id"], name=op.f("fk_patent_last_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patent")),
        sa.UniqueConstraint("application_number", name=op.f("uq_patent_application_number")),
        sa.UniqueConstraint("publication_root", name=op.f("uq_patent_publication_root")),
    )
    op.create_index(op.f("ix_patent_last_batch_id"), "patent", ["last_batch_id"], unique=False)
    op.create_index("ix_patent_validity_kind", "patent", ["validity", "kind"], unique=False)
    op.create_table(
        "score_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_version_id", sa.Integer(), nullable=False),
        sa.Column("data_as_of", sa.Date(), nullable=False),
        sa.Column("firms_count", sa.Integer(), nullable=False),
        sa.Column("grade_counts", JSON, nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("peer_medians", JSON, nullable=False),
        sa.Column("run_by", sa.String(length=200), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_version_id"],
            ["scorecard_version.id"],
            name=op.f("fk_score_run_card_version_id_scorecard_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_run")),
    )
    op.create_table(
        "applicant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_applicant_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant")),
        sa.UniqueConstraint("name_key", name=op.f("uq_applicant_name_key")),
    )
    op.create_index(op.f("ix_applicant_enterprise_id"), "applicant", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_applicant_kind"), "applicant", ["kind"], unique=False)
    op.create_table(
        "conduct_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "expires_on IS NULL OR expires_on > effective_on", name=op.f("ck_conduct_record_expires_later")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_conduct_record_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_record")),
    )
    op.create_index(
        op.f("ix_conduct_record_enterprise_id"), "conduct_record", ["enterprise_id"], unique=False
    )
    op.create_table(
        "directory_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_directory_line_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["directory_issue.id"], name=op.f("fk_directory_line_issue_id_directory_issue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_line")),
        sa.UniqueConstraint(
            "issue_id", "enterprise_id", name=op.f("uq_directory_line_issue_id_enterprise_id")
        ),
    )
    op.create_index(
        op.f("ix_directory_line_enterprise_id"), "directory_line", ["enterprise_id"], unique=False
    )
    op.create_index("ix_directory_line_order", "directory_line", ["issue_id", "position"], unique=False)
    op.create_table(
        "enterprise_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number IS NOT NULL OR word <> ''", name=op.f("ck_enterprise_fact_has_a_value")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_fact_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_fact")),
        sa.UniqueConstraint(
            "enterprise_id",
            "kind",
            "as_of",
            "source",
            name=op.f("uq_enterprise_fact_enterprise_id_kind_as_of_source"),
        ),
    )
    op.create_index(
        op.f("ix_enterprise_fact_enterprise_id"), "enterprise_fact", ["enterprise_id"], unique=False
    )
    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("patent_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("message", JSON, nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["patent_id"], ["patent.id"], name=op.f("fk_import_row_patent_id_patent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
    )
    op.create_index(
        "ix_import_row_batch_outcome", "import_row", ["batch_id", "outcome", "row_number"], unique=False
    )
    op.create_index(op.f("ix_import_row_patent_id"), "import_row", ["patent_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'enterprise') = (enterprise_id IS NOT NULL)",
            name=op.f("ck_organisation_enterprise_is_linked"),
        ),
        sa.CheckConstraint(
            "kind <> 'county_office' OR region_code IS NOT NULL",
            name=op.f("ck_organisation_county_has_region"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_organisation_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_organisation_region_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("enterprise_id", name=op.f("uq_organisation_enterprise_id")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_index(op.f("ix_organisation_kind"), "organisation", ["kind"], unique=False)
    op.create_index(op.f("ix_organisation_parent_id"), "organisation", ["parent_id"], unique=False)
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("score_e4", sa.Integer(), nullable=False),
        sa.Column("graded_e4", sa.Integer(), nullable=False),
        sa.Column("low_e4", sa.Integer(), nullable=False),
        sa.Column("high_e4", sa.Integer(), nullable=False),
        sa.Column("coverage_bp", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("coverage_bp BETWEEN 0 AND 10000", name=op.f("ck_score_sheet_coverage_range")),
        sa.CheckConstraint(
            "low_e4 <= graded_e4 AND graded_e4 <= high_e4", name=op.f("ck_score_sheet_interval_holds_score")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_score_sheet_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_score_sheet_run_id_score_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("run_id", "enterprise_id", name=op.f("uq_score_sheet_run_id_enterprise_id")),
    )
    op.create_index(op.f("ix_score_sheet_enterprise_id"), "score_sheet", ["enterprise_id"], unique=False)
    op.create_table(
        "whitelist_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("minimum_grade", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("prepared_by", sa.String(length=200), nullable=False),
        sa.Column("submitted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.String(length=200), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_user_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL AND approved_by_user_id IS NOT NULL)",
            name=op.f("ck_whitelist_round_published_is_approved"),
        ),
        sa.CheckConstraint(
            "approved_by_user_id IS NULL OR approved_by_user_id <> submitted_by_user_id",
            name=op.f("ck_whitelist_round_two_persons"),
        ),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_whitelist_round_valid_span")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["score_run.id"], name=op.f("fk_whitelist_round_run_id_score_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whitelist_round")),
        sa.UniqueConstraint("number", name=op.f("uq_whitelist_round_number")),
    )
    op.create_table(
        "admission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("graded_e4", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_admission_valid_span")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_admission_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["whitelist_round.id"], name=op.f("fk_admission_round_id_whitelist_round")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheet.id"], name=op.f("fk_admission_sheet_id_score_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
    )
    op.create_index("ix_admission_ranking", "admission", ["ended_on", "graded_e4", "id"], unique=False)
    op.create_index(op.f("ix_admission_round_id"), "admission", ["round_id"], unique=False)
    op.create_index(
        "uq_admission_in_force",
        "admission",
        ["enterprise_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "directory_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("sheet_document_id", sa.Integer(), nullable=False),
        sa.Column("listing_document_id", sa.Integer(), nullable=False),
        sa.Column("letter_document_id", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["directory_issue.id"], name=op.f("fk_directory_delivery_issue_id_directory_issue")
        ),
        sa.ForeignKeyConstraint(
            ["letter_document_id"],
            ["document.id"],
            name=op.f("fk_directory_delivery_letter_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_document_id"],
            ["document.id"],
            name=op.f("fk_directory_delivery_listing_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_directory_delivery_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_document_id"],
            ["document.id"],
            name=op.f("fk_directory_delivery_sheet_document_id_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_delivery")),
        sa.UniqueConstraint(
            "issue_id", "organisation_id", name=op.f("uq_directory_delivery_issue_id_organisation_id")
        ),
    )
    op.create_index(
        op.f("ix_directory_delivery_organisation_id"), "directory_delivery", ["organisation_id"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_table(
        "patent_applicant",
        sa.Column("patent_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_patent_applicant_applicant_id_applicant")
        ),
        sa.ForeignKeyConstraint(
            ["patent_id"],
            ["patent.id"],
            name=op.f("fk_patent_applicant_patent_id_patent"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("patent_id", "applicant_id", name=op.f("pk_patent_applicant")),
    )
    op.create_index(
        op.f("ix_patent_applicant_applicant_id"), "patent_applicant", ["applicant_id"], unique=False
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=60), nullable=False),
        sa.Column("contact_sealed", sa.String(length=300), nullable=False),
        sa.Column("need", sa.String(length=500), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("desks", sa.Integer(), nullable=False),
        sa.Column("absent_slots", JSON, nullable=False),
        sa.Column("registered_by", sa.String(length=200), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(side = 'enterprise') = (enterprise_id IS NOT NULL)",
            name=op.f("ck_registration_firm_on_its_side"),
        ),
        sa.CheckConstraint(
            "(side = 'institution') = (organisation_id IS NOT NULL)",
            name=op.f("ck_registration_bank_on_its_side"),
        ),
        sa.CheckConstraint("desks >= 0", name=op.f("ck_registration_desks_not_negative")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_registration_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_registration_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_registration_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    op.create_index(op.f("ix_registration_enterprise_id"), "registration", ["enterprise_id"], unique=False)
    op.create_index(
        op.f("ix_registration_organisation_id"), "registration", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_registration_queue", "registration", ["event_id", "side", "state", "id"], unique=False
    )
    op.create_index(
        "uq_registration_enterprise",
        "registration",
        ["event_id", "enterprise_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index(
        "uq_registration_organisation",
        "registration",
        ["event_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "round_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_round_entry_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["whitelist_round.id"], name=op.f("fk_round_entry_round_id_whitelist_round")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheet.id"], name=op.f("fk_round_entry_sheet_id_score_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_entry")),
        sa.UniqueConstraint("round_id", "enterprise_id", name=op.f("uq_round_entry_round_id_enterprise_id")),
    )
    op.create_index(op.f("ix_round_entry_enterprise_id"), "round_entry", ["enterprise_id"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone_sealed", sa.String(length=300), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_sealed", sa.String(length=300), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_user_account_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_index(
        op.f("ix_user_account_organisation_id"), "user_account", ["organisation_id"], unique=False
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("timetable_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_registration_id", sa.Integer(), nullable=False),
        sa.Column("institution_registration_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_registration_id"],
            ["registration.id"],
            name=op.f("fk_meeting_enterprise_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_registration_id"],
            ["registration.id"],
            name=op.f("fk_meeting_institution_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"], ["event_timetable.id"], name=op.f("fk_meeting_timetable_id_event_timetable")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint(
            "timetable_id",
            "enterprise_registration_id",
            "institution_registration_id",
            name=op.f("uq_meeting_timetable_id_enterprise_registration_id_institution_registration_id"),
        ),
        sa.UniqueConstraint(
            "timetable_id",
            "enterprise_registration_id",
            "slot",
            name=op.f("uq_meeting_timetable_id_enterprise_registration_id_slot"),
        ),
        sa.UniqueConstraint("timetable_id", "slot", "desk", name=op.f("uq_meeting_timetable_id_slot_desk")),
    )
    op.create_index(
        op.f("ix_meeting_enterprise_registration_id"), "meeting", ["enterprise_registration_id"], unique=False
    )
    op.create_index(
        op.f("ix_meeting_institution_registration_id"),
        "meeting",
        ["institution_registration_id"],
        unique=False,
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.String(length=120), nullable=False),
        sa.Column("subject", JSON, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("user_id", "event_key", name=op.f("uq_notice_user_id_event_key")),
    )
    op.create_index("ix_notice_inbox", "notice", ["user_id", "read_at", "id"], unique=False)
    op.create_table(
        "password_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_password_record_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_record")),
    )
    op.create_index(op.f("ix_password_record_user_id"), "password_record", ["user_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("from_registration_id", sa.Integer(), nullable=False),
        sa.Column("to_registration_id", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_registration_id <> to_registration_id", name=op.f("ck_wish_not_oneself")),
        sa.CheckConstraint("strength BETWEEN 0 AND 3", name=op.f("ck_wish_strength_range")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_wish_event_id_event")),
        sa.ForeignKeyConstraint(
            ["from_registration_id"],
            ["registration.id"],
            name=op.f("fk_wish_from_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["to_registration_id"], ["registration.id"], name=op.f("fk_wish_to_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint(
            "from_registration_id",
            "to_registration_id",
            name=op.f("uq_wish_from_registration_id_to_registration_id"),
        ),
    )
    op.create_index(op.f("ix_wish_event_id"), "wish", ["event_id"], unique=False)
    op.create_index(op.f("ix_wish_to_registration_id"), "wish", ["to_registration_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_wish_to_registration_id"), table_name="wish")
    op.drop_index(op.f("ix_wish_event_id"), table_name="wish")
    op.drop_table("wish")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_password_record_user_id"), table_name="password_record")
    op.drop_table("password_record")
    op.drop_index("ix_notice_inbox", table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_meeting_institution_registration_id"), table_name="meeting")
    op.drop_index(op.f("ix_meeting_enterprise_registration_id"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_index(op.f("ix_user_account_organisation_id"), table_name="user_account")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_round_entry_enterprise_id"), table_name="round_entry")
    op.drop_table("round_entry")
    op.drop_index(
        "uq_registration_organisation",
        table_name="registration",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index(
        "uq_registration_enterprise",
        table_name="registration",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index("ix_registration_queue", table_name="registration")
    op.drop_index(op.f("ix_registration_organisation_id"), table_name="registration")
    op.drop_index(op.f("ix_registration_enterprise_id"), table_name="registration")
    op.drop_table("registration")
    op.drop_index(op.f("ix_patent_applicant_applicant_id"), table_name="patent_applicant")
    op.drop_table("patent_applicant")
    op.drop_index(op.f("ix_invitation_email"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_directory_delivery_organisation_id"), table_name="directory_delivery")
    op.drop_table("directory_delivery")
    op.drop_index(
        "uq_admission_in_force",
        table_name="admission",
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.drop_index(op.f("ix_admission_round_id"), table_name="admission")
    op.drop_index("ix_admission_ranking", table_name="admission")
    op.drop_table("admission")
    op.drop_table("whitelist_round")
    op.drop_index(op.f("ix_score_sheet_enterprise_id"), table_name="score_sheet")
    op.drop_table("score_sheet")
    op.drop_index(op.f("ix_organisation_parent_id"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_kind"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_import_row_patent_id"), table_name="import_row")
    op.drop_index("ix_import_row_batch_outcome", table_name="import_row")
    op.drop_table("import_row")
    op.drop_index(op.f("ix_enterprise_fact_enterprise_id"), table_name="enterprise_fact")
    op.drop_table("enterprise_fact")
    op.drop_index("ix_directory_line_order", table_name="directory_line")
    op.drop_index(op.f("ix_directory_line_enterprise_id"), table_name="directory_line")
    op.drop_table("directory_line")
    op.drop_index(op.f("ix_conduct_record_enterprise_id"), table_name="conduct_record")
    op.drop_table("conduct_record")
    op.drop_index(op.f("ix_applicant_kind"), table_name="applicant")
    op.drop_index(op.f("ix_applicant_enterprise_id"), table_name="applicant")
    op.drop_table("applicant")
    op.drop_table("score_run")
    op.drop_index("ix_patent_validity_kind", table_name="patent")
    op.drop_index(op.f("ix_patent_last_batch_id"), table_name="patent")
    op.drop_table("patent")
    op.drop_index(
        "uq_event_timetable_published",
        table_name="event_timetable",
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_table("event_timetable")
    op.drop_index("ix_enterprise_valid", table_name="enterprise")
    op.drop_index("ix_enterprise_region_valid", table_name="enterprise")
    op.drop_index(op.f("ix_enterprise_pinyin_key"), table_name="enterprise")
    op.drop_table("enterprise")
    op.drop_table("workday")
    op.drop_table("sign_in_failures")
    op.drop_table("scorecard_version")
    op.drop_index(op.f("ix_region_parent_code"), table_name="region")
    op.drop_table("region")
    op.drop_index("ix_outbox_mail_unsent", table_name="outbox_mail")
    op.drop_table("outbox_mail")
    op.drop_index("ix_job_state_heartbeat", table_name="job")
    op.drop_index(op.f("ix_job_kind"), table_name="job")
    op.drop_index(op.f("ix_job_asked_by_user_id"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_import_batch_state"), table_name="import_batch")
    op.drop_index(op.f("ix_import_batch_sha256"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_table("header_mapping")
    op.drop_index(op.f("ix_event_state"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_document_subject"), table_name="document")
    op.drop_index(op.f("ix_document_organisation_id"), table_name="document")
    op.drop_table("document")
    op.drop_table("directory_issue")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_entry_timeline", table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_organisation_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_actor_user_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_action"), table_name="audit_entry")
    op.drop_table("audit_entry")
