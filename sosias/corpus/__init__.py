"""Messages to sessions: pure functions from table to table; this room knows no base."""
