"""Numbered directory issues to institutions (授权专利企业名录)."""
