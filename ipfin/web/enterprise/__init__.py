"""Pages of firms (企业)."""
