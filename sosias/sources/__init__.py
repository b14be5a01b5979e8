"""An export to messages: one file a format, found by its `SOURCE`."""
