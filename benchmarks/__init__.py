"""What the hot paths cost beside the least that they could cost: `python -m benchmarks`."""
