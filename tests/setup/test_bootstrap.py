"""Making a machine ready: what is missing is installed when we may, else told in one line to type."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import bootstrap
import check_locks
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(bootstrap.__file__).parent.parent
HASH = " \\\n    --hash=sha256:ab"


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, ...]]]:
    """Return a function that sets the scene of a machine and returns what apt-get was asked for."""

    def scene(
        *, missing: list[str], prefix: list[str] | None, root: bool, fails: str = ""
    ) -> list[tuple[str, ...]]:
        asked: list[tuple[str, ...]] = []

        def apt_get(before: list[str], *arguments: str) -> str:
            asked.append((*before, *arguments))
            return fails if arguments[1] == "install" else ""

        monkeypatch.delenv("CI", raising=False)
        monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(bootstrap, "missing_packages", lambda _wanted: missing)
        monkeypatch.setattr(bootstrap, "rights", lambda: prefix)
        monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(bootstrap, "_apt", apt_get)
        return asked

    return scene


def test_nothing_missing_asks_for_nothing(apt: Callable[..., list[tuple[str, ...]]]) -> None:
    asked = apt(missing=[], prefix=[], root=True)
    bootstrap.ensure_system_packages("run")
    assert asked == []


@pytest.mark.parametrize("prefix", [[], ["sudo", "-n"]])
def test_what_is_missing_is_installed_when_we_may(
    apt: Callable[..., list[tuple[str, ...]]], prefix: list[str]
) -> None:
    asked = apt(missing=["fonts-noto-cjk"], prefix=prefix, root=not prefix)
    bootstrap.ensure_system_packages("run")
    assert asked[-1] == (*prefix, "-q", "install", "-y", "--no-install-recommends", "fonts-noto-cjk")


def test_without_rights_the_one_line_to_type_is_told(apt: Callable[..., list[tuple[str, ...]]]) -> None:
    asked = apt(missing=["libpango-1.0-0"], prefix=None, root=False)
    with pytest.raises(bootstrap.CannotGoOn) as refusal:
        bootstrap.ensure_system_packages("run")
    assert (
        "    sudo apt-get update && sudo apt-get install -y --no-install-recommends libpango-1.0-0\n"
    ) in str(refusal.value)
    assert asked == []


def test_tests_go_on_without_a_browser_for_a_person_but_not_for_a_machine(
    apt: Callable[..., list[tuple[str, ...]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    apt(missing=["chromium"], prefix=None, root=False)
    bootstrap.ensure_system_packages("test")
    assert "sudo apt-get install -y --no-install-recommends chromium" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    with pytest.raises(bootstrap.CannotGoOn):
        bootstrap.ensure_system_packages("test")


def test_a_failing_apt_get_is_quoted_and_the_line_told(apt: Callable[..., list[tuple[str, ...]]]) -> None:
    apt(missing=["chromium"], prefix=[], root=True, fails="E: no space left")
    with pytest.raises(bootstrap.CannotGoOn, match="no space left") as refusal:
        bootstrap.ensure_system_packages("test")
    assert "    apt-get update && apt-get install" in str(refusal.value)


def test_dpkg_is_understood() -> None:
    if not Path("/usr/bin/dpkg-query").exists():
        pytest.skip("no Debian")
    assert bootstrap.missing_packages(["dpkg", "no-such-package-of-ours"]) == ["no-such-package-of-ours"]


def test_a_lock_file_is_installed_once_for_each_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command[-1])
        return subprocess.CompletedProcess(command, returncode=0)

    lock = tmp_path / "requirements.txt"
    lock.write_text("flask==3.1.3\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(bootstrap.subprocess, "run", pip)
    bootstrap.ensure_python_packages("run")
    bootstrap.ensure_python_packages("run")
    assert ran == [str(lock)]
    lock.write_text("flask==3.1.4\n")
    bootstrap.ensure_python_packages("run")
    assert ran == [str(lock), str(lock)]


def test_a_failing_installation_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.txt").write_text("flask==3.1.3\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(
        bootstrap.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, returncode=1)
    )
    for _ in range(2):
        with pytest.raises(bootstrap.CannotGoOn):
            bootstrap.ensure_python_packages("run")
    assert not bootstrap.STAMP.exists()


def test_a_venv_from_another_folder_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "STAMP", venv / "stamp.json")
    bootstrap.STAMP.write_text(json.dumps({"venv": "/elsewhere/.venv"}))
    made: list[list[str]] = []

    def program(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        made.append(command)
        return subprocess.CompletedProcess(command, returncode=0)

    monkeypatch.setattr(bootstrap.subprocess, "run", program)
    bootstrap.ensure_venv()
    assert made[-1][1:3] == ["-m", "venv"]
    assert not venv.exists(), "the old one was removed before the new one was asked for"


def test_our_lock_files_are_whole_and_name_no_registry() -> None:
    for wished, locked in check_locks.PAIRS:
        assert check_locks.faults((ROOT / wished).read_text(), (ROOT / locked).read_text()) == []


def test_a_pin_says_the_extras_that_others_ask_of_it() -> None:
    """Without them pip takes the newest `coverage[toml]` for another package than `coverage`, refuses it
    for want of a hash, and no fresh clone installs from the day on which a newer one is published.
    """
    asked = {
        (canonicalize_name(wish.name), extra)
        for distribution in metadata.distributions()
        for wish in map(Requirement, distribution.requires or ())
        if wish.marker is None or wish.marker.evaluate({"extra": ""})
        for extra in wish.extras
    }
    assert asked, "the installed packages ask for no extra: then this looks at nothing"
    said = set()
    for _, locked in check_locks.PAIRS:
        for name, extras in re.findall(r"^([\w.-]+)\[([^]]+)\]==", (ROOT / locked).read_text(), re.MULTILINE):
            said |= {(canonicalize_name(name), extra) for extra in extras.split(",")}
    assert asked <= said


@pytest.mark.parametrize(
    ("locked", "fault"),
    [
        (f"flask==3.1.3{HASH}", "asked for but not locked (make lock): huey"),
        (f"flask==3.1.3{HASH}\nhuey>=3{HASH}", "not an exact version: huey>=3 \\"),
        (f"flask==3.1.3\nhuey==3.5.4{HASH}", "without a hash: flask"),
        (
            "--index-url https://example.org\nflask==3.1.3",
            "names an address: --index-url https://example.org",
        ),
    ],
)
def test_a_fault_in_a_lock_file_is_found(locked: str, fault: str) -> None:
    assert fault in check_locks.faults("flask>=3\nhuey>=3.5 # jobs\n", locked)


def test_the_digest_in_the_stamp_is_of_the_file_s_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"flask==3.1.3\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(
        bootstrap.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, returncode=0)
    )
    bootstrap.ensure_python_packages("run")
    assert bootstrap.read_stamp()["requirements.txt"] == hashlib.sha256(b"flask==3.1.3\n").hexdigest()
