"""What became of a firm's financing (融资结果): loans granted, patents pledged, overdue, compensated."""
