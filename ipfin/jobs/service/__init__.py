"""Asking for jobs, stopping them, running them. See `asking` and `running`."""

from __future__ import annotations

from ipfin.jobs.service.asking import enqueue, retry, want_cancel

__all__ = ["enqueue", "retry", "want_cancel"]
