"""Pages of the city and county offices (主管部门)."""
