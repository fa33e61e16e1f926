"""Make a machine ready: system packages, `.venv`, the locked Python packages, the translations.

Decides what is missing and how it is got; what is started afterwards is decided by `run.py` and the
Makefile. Standard library only, because it runs before anything is installed. Everything that is
already done costs well under a second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".ipfin-installed.json"
TRANSLATIONS = ROOT / "ipfin" / "translations"

# WeasyPrint lays text out with Pango and subsets fonts with HarfBuzz; the fonts carry the Chinese of
# every PDF. ca-certificates: Debian's pip trusts the system's store, not one of its own.
RUN_PACKAGES = (
    "ca-certificates",
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-noto-cjk",
)
# The browser of the journeys, the real database of the service tests, the reader of our PDFs.
TEST_PACKAGES = ("chromium", "postgresql", "poppler-utils")
LOCKS = {"run": ("requirements.txt",), "test": ("requirements.txt", "requirements-dev.txt")}
LOCKS["tools"] = LOCKS["test"]
PURPOSES = tuple(LOCKS)


class CannotGoOn(Exception):
    """The machine cannot be made ready; the message says why and what to type."""


def say(sentence: str) -> None:
    """Tell the person at the terminal what happens now."""
    print(sentence, flush=True)


# --- system packages -------------------------------------------------------------------------------


def wanted_packages(purpose: str) -> list[str]:
    """Return the Debian packages that `purpose` needs, with what this Python lacks for a `.venv`."""
    packages = list(RUN_PACKAGES) if purpose != "tools" else ["ca-certificates"]
    if purpose == "test":
        packages += TEST_PACKAGES
        # Whoever names a browser or a database of their own needs not Debian's.
        if os.environ.get("CHROMIUM"):
            packages.remove("chromium")
        if os.environ.get("PG_BIN"):
            packages.remove("postgresql")
    if not PYTHON.exists() and (find_spec("ensurepip") is None or find_spec("venv") is None):
        packages.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    return packages


def missing_packages(wanted: Sequence[str]) -> list[str]:
    """Return those of `wanted` that dpkg does not know as installed."""
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted],
        capture_output=True,
        text=True,
        check=False,  # it fails as soon as one package is unknown, and lists the others all the same
    )
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [package for package in wanted if package not in installed]


def rights() -> list[str] | None:
    """Return what must stand before apt-get so that it runs without a question; None if it may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def ensure_system_packages(purpose: str) -> None:
    """Install the missing system packages, or say which one line installs them.

    A machine where nothing may be installed still runs the tests that need no browser and no
    PostgreSQL (the others are skipped with a reason), but not where a machine judges (CI=true).

    Raises:
        CannotGoOn: something needed is missing and we may not, or could not, install it.
    """
    wanted = wanted_packages(purpose)
    if shutil.which("dpkg-query") is None:
        if not STAMP.exists():
            say(f"This is no Debian: see to it that what Debian calls {', '.join(wanted)} is there.")
        return
    missing = missing_packages(wanted)
    if not missing:
        return
    sudo = "" if os.geteuid() == 0 else "sudo "
    line = f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {' '.join(missing)}"
    prefix = rights()
    if prefix is None:
        sentence = f"System packages are missing: {', '.join(missing)}. Type this once:\n\n    {line}\n"
        if set(missing) <= set(TEST_PACKAGES) and not os.environ.get("CI"):
            say(sentence + "\nGoing on without: the tests that need them will be skipped.")
            return
        raise CannotGoOn(sentence)
    say(f"Installing system packages: {' '.join(missing)}")
    _apt(prefix, "-qq", "update")  # a stale list may still do: the next step tells
    failure = _apt(prefix, "-q", "install", "-y", "--no-install-recommends", *missing)
    if failure:
        raise CannotGoOn(f"{failure}\napt-get failed. When its cause is removed, type:\n\n    {line}\n")


def _apt(prefix: Sequence[str], *arguments: str) -> str:
    """Run apt-get without a question; return what it said last if it failed, else nothing."""
    done = subprocess.run(
        [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout[-4000:] or "apt-get said nothing." if done.returncode else ""


# --- .venv and the Python packages -----------------------------------------------------------------


def read_stamp() -> dict[str, str]:
    """Return what was installed into `.venv` by us, by lock file; empty when nothing certain is known."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def write_stamp(stamp: dict[str, str]) -> None:
    """Remember what was installed, whole or not at all."""
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=1, sort_keys=True), encoding="utf-8")
    fresh.replace(STAMP)


def ensure_venv() -> None:
    """Create `.venv`, anew when it is broken or was moved here from another folder."""
    moved = read_stamp().get("venv", str(VENV)) != str(VENV)
    if PYTHON.exists() and not moved:
        works = subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False)
        if works.returncode == 0:
            return
    if VENV.exists() or VENV.is_symlink():
        say("The .venv is broken or was moved: making it anew.")
        VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV)
    say(f"Creating .venv with Python {sys.version.split()[0]}")
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)  # a half-made one would be taken for whole next time
        raise CannotGoOn(f"Python could not create .venv:\n{made.stdout}{made.stderr}")


def ensure_python_packages(purpose: str) -> None:
    """Install what the lock files name, each file checked by its hashes, once for each content.

    Raises:
        CannotGoOn: pip failed; its words stand above.
    """
    stamp = read_stamp() | {"venv": str(VENV)}
    for name in LOCKS[purpose]:
        digest = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        if stamp.get(name) == digest:
            continue
        say(f"Installing {name} into .venv (a first time may take minutes)")
        started = time.monotonic()
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-q"]
        done = subprocess.run(
            # Python compiles the modules that are imported; pip would compile all of them, one by one.
            [*pip, "--no-compile", "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / name)],
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            raise CannotGoOn(f"pip could not install {name}; its reason stands above. Then try again.")
        say(f"  done in {time.monotonic() - started:.0f} s")
        stamp[name] = digest
        write_stamp(stamp)


def ensure_product() -> None:
    """Put the product on the path of `.venv` and write its commands, without a build or a download."""
    (site,) = (VENV / "lib").glob("python3.*/site-packages")
    _write_if_changed(site / "ipfin-source.pth", f"{ROOT}\n")
    with (ROOT / "pyproject.toml").open("rb") as file:
        commands = tomllib.load(file)["project"]["scripts"]
    for command, target in commands.items():
        module, function = target.split(":")
        # /bin/sh finds Python: a "#!" line breaks on blanks and long paths.
        script = (
            "#!/bin/sh\n"
            f'\'\'\'exec\' "{PYTHON}" "$0" "$@"\n'
            "' '''\n"
            f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n"
        )
        path = VENV / "bin" / command
        _write_if_changed(path, script)
        path.chmod(0o755)


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def ensure_translations() -> None:
    """Compile the catalogues that are newer than what was made of them."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        done = subprocess.run(
            [PYTHON, "-m", "babel.messages.frontend", "compile", "-i", source, "-o", made],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise CannotGoOn(f"The catalogue {source.relative_to(ROOT)} has a fault:\n{done.stderr}")


def prepare(purpose: str) -> None:
    """Make the machine ready for `purpose`: "run", "test" or "tools" (checks only, no system packages).

    Raises:
        CannotGoOn: with a sentence that says what is missing and what to type.
    """
    ensure_system_packages(purpose)
    ensure_venv()
    ensure_python_packages(purpose)
    ensure_product()
    ensure_translations()


def main() -> int:
    """Prepare for what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("purpose", choices=PURPOSES)
    try:
        prepare(parser.parse_args().purpose)
    except CannotGoOn as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
