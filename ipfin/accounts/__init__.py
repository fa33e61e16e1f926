"""Organisations, users, roles, sessions and the policy of who may see what (账号与权限)."""
