"""Background jobs and their progress (后台任务)."""
