"""One run of the job: where it works, who acts in it, and what the steps so far have said."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.models import Document
from ipfin.documents.service import read_document
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.text import Text
from ipfin.story.steps import Check, Step

Progress = Callable[[int, int, Text], None]


@dataclass(slots=True)
class Story:
    """The run of the whole job in one database; the chapters hand on to each other through it."""

    work: UnitOfWork
    read: UnitOfWork
    settings: Settings
    out: Path
    on: date
    report: Progress
    steps: list[Step] = field(default_factory=list)
    maker: Actor = SYSTEM
    checker: Actor = SYSTEM
    banks: list[Actor] = field(default_factory=list)
    run_id: int = 0
    event_id: int = 0
    timetable_id: int = 0

    @property
    def faults(self) -> list[Check]:
        """The sums that did not come out."""
        return [check for step in self.steps for check in step.checks if not check.holds]

    @contextmanager
    def step(self, key: str, title: Text) -> Iterator[Step]:
        """Tell a step and time it."""
        step = Step(key, title)
        self.steps.append(step)
        started = time.perf_counter()
        try:
            yield step
        finally:
            step.seconds = time.perf_counter() - started

    def save(self, documents: Sequence[Document], folder: str) -> int:
        """Write issued documents into `folder` of the output; return how many names they have."""
        target = self.out / folder
        target.mkdir(parents=True, exist_ok=True)
        for document in documents:
            (target / document.filename).write_bytes(read_document(document, self.settings.issued_dir))
        return len({document.filename for document in documents})
