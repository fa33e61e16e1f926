"""What every other package stands on: money, days, identifiers, errors. Imports nothing of ours."""
