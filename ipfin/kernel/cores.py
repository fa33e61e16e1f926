"""How many processors this process may use.

Decides from the scheduler's affinity and, in a container, from the quota of its control group; not from how
busy they are.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")


def granted(quota: Path = QUOTA) -> int:
    """Return the processors granted, at least one."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        most, period = quota.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return allowed
    return allowed if most == "max" else max(1, min(allowed, int(most) // int(period)))
