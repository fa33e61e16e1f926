"""`ipfin card`: faults at their line, differences in words, a trial on the last run that keeps nothing."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ipfin.cli import main
from ipfin.db import begin_writing
from ipfin.whitelist.models import CardSimulation, ScorecardVersion
from ipfin.whitelist.scheme import DEFAULT_CARD
from tests.factories import Make

SHIPPED = DEFAULT_CARD.read_text("utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["card", *arguments], catch_exceptions=False)


def test_a_card_is_checked_and_a_fault_told_at_its_line(tmp_path: Path) -> None:
    out, wrong = tmp_path / "out.json", tmp_path / "card.toml"
    assert run("check", str(DEFAULT_CARD), "--json", str(out)).exit_code == 0
    assert json.loads(out.read_text("utf-8"))["sound"] is True
    wrong.write_text(SHIPPED.replace("weight = 10", "weight = -1", 1), "utf-8")
    refused = run("check", str(wrong), "--json", str(out))
    assert refused.exit_code == 1
    assert "第28行" in refused.output
    assert json.loads(out.read_text("utf-8"))["line"] == 28


def test_two_cards_are_compared_in_words(tmp_path: Path) -> None:
    other, out = tmp_path / "card.toml", tmp_path / "out.json"
    other.write_text(SHIPPED.replace("B = 60", "B = 58"), "utf-8")
    assert "由“60”改为“58”" in run("diff", str(DEFAULT_CARD), str(other), "--json", str(out)).output
    assert len(json.loads(out.read_text("utf-8"))["changes"]) == 1


def test_a_card_is_tried_on_the_last_run_and_nothing_is_kept(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        card = make.scorecard(source_text=SHIPPED)
        make.score_sheet(run=make.score_run(card_version=card))
        session.commit()
    lower, out = tmp_path / "card.toml", tmp_path / "out.json"
    lower.write_text(SHIPPED.replace("B = 60", "B = 20").replace("C = 45", "C = 10"), "utf-8")
    done = run("simulate", str(lower), "--line", "B", "--database", database_url, "--json", str(out))
    assert (done.exit_code, "0 → 1" in done.output) == (0, True)
    assert len(json.loads(out.read_text("utf-8"))["entered"]) == 1
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(CardSimulation)) == 0
        assert session.scalar(select(func.count()).select_from(ScorecardVersion)) == 1
