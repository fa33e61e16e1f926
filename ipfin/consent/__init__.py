"""Who may see what of a firm, for what and until when: levels of fields, and the firms' consents (授权)."""
