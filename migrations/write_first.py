"""Write 001 anew from the models. Only until the first release: from then on 001 stands for good."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

from ipfin import schema
from ipfin.db import make_engine

TARGET = Path(__file__).parent / "versions" / "001_tables.py"
JSON = 'sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")'
FILE = '''"""The tables of the first release.

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

JSON = {json}


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {down}
'''


def _tidy(code: str) -> str:
    return re.sub(r" *# ### .* ###\n?", "", code).replace(JSON, "JSON").strip()


def main() -> None:
    """Compare the models with an empty database and write down the difference."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.db")
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"target_metadata": schema.all_tables()})
            script = produce_migrations(context, schema.all_tables())
        engine.dispose()
    up, down = (
        _tidy(render_python_code(steps, render_item=schema.written_type, migration_context=context))
        for steps in (script.upgrade_ops, script.downgrade_ops)
    )
    TARGET.write_text(FILE.format(json=JSON, up=up, down=down), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", TARGET], check=True)  # noqa: S603
    subprocess.run([sys.executable, "-m", "ruff", "check", "-q", "--fix", TARGET], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
