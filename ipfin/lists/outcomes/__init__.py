"""The room of outcome lists (融资结果名单): loans, pledges, overdue and compensated, as banks tell them."""
