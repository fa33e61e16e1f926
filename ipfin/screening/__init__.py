"""Screening by service agencies (机构筛查): who reviews whom, by which criteria, and how they agree."""
