"""Bank-enterprise meetings: registration, wishes, timetable, agendas (对接会)."""
