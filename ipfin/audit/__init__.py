"""The append-only, hash-chained record of what happened (审计日志)."""
