"""Gates, scorecard, score sheets and whitelist rounds (白名单)."""
