"""Pages of the administrator (系统管理员): no business data."""
