"""Pages of service agencies (服务机构)."""
