"""Both READMEs name every setting, and none that there is not."""

from __future__ import annotations

import re

import pytest

from ipfin.config import Settings
from tests.architecture.sources import ROOT

ROW = re.compile(r"^\| `(IPFIN_[A-Z_]+)` \|", re.MULTILINE)


def differences(text: str) -> set[str]:
    """Return the settings that stand in the table of `text` or in the code, but not in both."""
    known = {f"IPFIN_{name.upper()}" for name in Settings.model_fields}
    return known ^ set(ROW.findall(text))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_table_of_settings_is_that_of_the_code(name: str) -> None:
    assert differences((ROOT / name).read_text(encoding="utf-8")) == set()


def test_a_forgotten_and_an_invented_setting_would_be_found() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    changed = text.replace("| `IPFIN_ENV` |", "| `IPFIN_ENVIRONMENT` |")
    assert differences(changed) == {"IPFIN_ENV", "IPFIN_ENVIRONMENT"}
