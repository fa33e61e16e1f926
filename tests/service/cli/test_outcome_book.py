"""`ipfin outcome`: an outcome is written, listed and withdrawn, and the calibration tells its counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from ipfin.cli import main
from ipfin.config import settings_from_environment
from ipfin.db import begin_writing, make_engine
from tests.factories import Make

FIRM = "安阳样张机械有限公司"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    url = f"sqlite:///{tmp_path / 'instance' / 'ipfin.db'}"
    monkeypatch.setenv("IPFIN_INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.setenv("IPFIN_DATABASE_URL", url)
    settings_from_environment.cache_clear()
    assert run("db", "upgrade").exit_code == 0
    engine = make_engine(url)
    with Session(engine) as session:
        begin_writing(session)
        Make(session).enterprise(name=FIRM)
        session.commit()
    engine.dispose()
    yield
    settings_from_environment.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def told(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    out = tmp_path / "told.json"
    done = run("outcome", *arguments, "--json", str(out))
    assert done.exit_code == 0, done.output
    return json.loads(out.read_text("utf-8"))


def test_an_outcome_is_entered_listed_and_withdrawn(tmp_path: Path) -> None:
    said = ("enter", FIRM, "compensated", "2025-06-02", "--source", "样例银行")
    refused = run("outcome", *said)
    assert refused.exit_code == 1
    assert "须写明凭据" in refused.stderr
    (made,) = told(tmp_path, *said, "--evidence", "一号")["outcomes"]
    assert told(tmp_path, "list", "--kind", "compensated")["outcomes"] == [made]
    found = told(tmp_path, "calibration")
    assert (found["firms"]["bad"], found["usable"]["without_earlier_score"], found["fit"]) == (1, 1, None)
    (gone,) = told(tmp_path, "withdraw", str(made["id"]), "--reason", "误登记")["outcomes"]
    assert gone["withdrawn_reason"] == "误登记"
    assert told(tmp_path, "list")["outcomes"] == []
    assert told(tmp_path, "list", "--withdrawn")["outcomes"] == [gone]
