"""One file a command, each a thin skin over the rooms above."""
