"""The benchmark of agreed talks: reads the published form, judges by itself, shows what it found."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import b2b, dzn, talks_checker
from benchmarks.dzn import Instance, NotReadable

ROOT = Path(b2b.__file__).parent.parent
# Three participants, three talks, four slots of which two in the morning. Made up.
SMALL = """% a made-up event
nBusiness = 3; nMeetings = 3; nTables = 2; nTotalSlots = 4; nMorningSlots = 2;
requested = [| 1, 2, 1 |
               1, 3, 2 | 2, 3, 3 |];
tablesxSlots = [2, 2, 2, 2];
meetingsxBusiness = [{1,2}, {1,3}, {2..3}];
forbidden = [{0}, {4}, {}];
fixed = [0, 3, 0];
precedences = [{0}, {1}, {1,2}];
"""


@pytest.fixture
def at(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "small.dzn") -> Path:
        folder = tmp_path / "input"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return write


def test_the_published_form_is_read(at: Callable[..., Path]) -> None:
    read = dzn.read(at(SMALL))
    assert read == Instance(
        "small", 3, 2, 4, 2, ((1, 2, 1), (1, 3, 2), (2, 3, 3)),
        (frozenset(), frozenset({4}), frozenset()), (0, 3, 0),
        (frozenset(), frozenset({1}), frozenset({1, 2})),
    )  # fmt: skip


def test_lists_with_index_sets_ranges_and_missing_rules_are_read_too(at: Callable[..., Path]) -> None:
    read = dzn.read(
        at(
            "nBusiness=2; nMeetings=1; nTables=1; nTotalSlots=9; nMorningSlots=5;"
            "requested = array2d(1..1, 1..3, [1, 2, 3]); forbidden = array1d(1..2, [2..4, {}]);"
        )
    )
    assert read.forbidden == (frozenset({2, 3, 4}), frozenset())
    assert (read.fixed, read.earlier) == ((0,), (frozenset(),))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("nBusiness = 3", "nBusiness = 2"),
        ("nMeetings = 3", "nMeetings = 4"),
        ("1, 3, 2 |", "1, 3, 4 |"),
        ("1, 3, 2 |", "1, 3 |"),
        ("fixed = [0, 3, 0]", "fixed = [0, 5, 0]"),
        ("fixed = [0, 3, 0]", "fixed = [0, 3]"),
        ("{1,2}];", "{1,4}];"),
        ("forbidden = [{0}, {4}, {}];", "forbidden = [{0}, {5}, {}];"),
        ("nTotalSlots = 4;", ""),
        ("|];", ""),
        ("nTables = 2;", "nTables = ?;"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(at: Callable[..., Path], old: str, new: str) -> None:
    assert old in SMALL
    with pytest.raises(NotReadable):
        dzn.read(at(SMALL.replace(old, new)))


RIGHT = {1: 1, 2: 3, 3: 4}
FREE = SMALL.replace("{4}", "{0}")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({1: 3, 2: 4}, "not in its session"),
        ({2: 2}, "not in its session"),
        ({2: 4}, "fixed to 3"),
        ({3: 3}, "participant 3 has talks"),
        ({3: 2}, "talk 2 is not earlier than talk 3"),
        ({3: 5}, "does not exist"),
    ],
)
def test_the_independent_checker_finds_each_planted_fault(
    at: Callable[..., Path], change: dict[int, int], said: str
) -> None:
    instance = dzn.read(at(FREE))
    assert talks_checker.violations(instance, RIGHT, []) == []
    found = talks_checker.violations(instance, RIGHT | change, [])
    assert any(said in one for one in found), found


def test_it_finds_forbidden_slots_full_tables_lost_talks_and_unfair_days(at: Callable[..., Path]) -> None:
    forbidden = dzn.read(at(SMALL))
    assert "forbidden for participant 2" in talks_checker.violations(forbidden, RIGHT, [])[0]
    instance = dzn.read(at(FREE))
    assert "neither held nor dropped" in talks_checker.violations(instance, {1: 1, 2: 3}, [])[0]
    assert "held and dropped" in talks_checker.violations(instance, RIGHT, [3])[0]
    assert talks_checker.violations(instance, {1: 1, 2: 3}, [3]) == []
    pairs = "".join(f"| {one}, {one + 1}, 3 " for one in (1, 3, 5))
    crowd = dzn.read(at(f"nBusiness=6; nTables=2; nTotalSlots=9; nMorningSlots=9; requested=[{pairs}|];"))
    assert talks_checker.violations(crowd, {1: 1, 2: 1, 3: 2}, []) == []
    assert "3 talks in slot 1, 2 tables" in talks_checker.violations(crowd, {1: 1, 2: 1, 3: 1}, [])
    star = "".join(f"| 1, {other}, 3 " for other in (2, 3, 4, 5))
    day = dzn.read(at(f"nBusiness=5; nTables=2; nTotalSlots=9; nMorningSlots=9; requested=[{star}|];"))
    assert talks_checker.violations(day, {1: 1, 2: 3, 3: 5, 4: 6}, []) == []
    assert talks_checker.breaks(day, {1: 1, 2: 3, 3: 5, 4: 9})[1] == 3
    assert "3 breaks apart" in talks_checker.violations(day, {1: 1, 2: 3, 3: 5, 4: 9}, [])[0]


def test_the_checker_of_the_benchmark_knows_nothing_of_the_planner() -> None:
    for name in ("talks_checker", "dzn"):
        tree = ast.parse((ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8"))
        imported = {
            node.module if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert not [one for one in imported if one and one.startswith("ipfin")]


def test_every_file_is_arranged_beside_the_best_known_value(
    at: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = at(FREE).parent
    at(SMALL, "never.dzn")
    (folder.parent / "manifest.csv").write_text("file,breaks_in_reference\nsmall.dzn,1\nnever.dzn,\n")
    assert b2b.main([str(folder), "--seconds", "20", "--threads", "1"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert rows["small"].split()[1:6] == ["3", "1", "1", "1", "0"]
    assert "optimal" in rows["small"]
    # Talk 3 must follow talk 2, which is fixed to slot 3, and slot 4 is forbidden: one of three is dropped.
    assert rows["never"].split()[1:4] == ["3", "1", "0"]
    assert "infeasible, at least 1 to drop" in rows["never"]
    assert "0 violations" in rows["2"]
    assert "1 equal" in rows["2"]


def test_an_unreadable_file_is_told_and_the_others_go_on(
    at: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = at(FREE).parent
    at("nBusiness = 1;", "broken.dzn")
    assert b2b.main([str(folder), "--seconds", "20", "--threads", "1"]) == 1
    out = capsys.readouterr().out
    assert "broken.dzn: cannot be read" in out
    assert "1 instances, 0 violations, 1 unreadable" in out


def test_two_published_instances_reach_the_best_known_value(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "b2b_meetings" / "input"
    if not folder.is_dir():
        pytest.skip("no published instances here: they are expected in ../shared/data/b2b_meetings/input")
    assert b2b.main([str(folder), "--seconds", "120", "--only", "tic-12*.original.dzn"]) == 0
    assert "of 2 with a best known value 2 equal, 0 better; 0 with dropped" in capsys.readouterr().out
