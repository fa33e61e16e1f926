"""Firms contest what stands about them (更正申请): two clocks, a flag meanwhile, a decision that is kept."""
