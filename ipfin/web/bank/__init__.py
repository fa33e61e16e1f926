"""Pages of banks (银行)."""
