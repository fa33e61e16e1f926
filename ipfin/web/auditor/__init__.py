"""Pages of the auditor (审计): read only."""
