"""Messages to people: the in-site inbox and e-mail sent after commit (通知)."""
