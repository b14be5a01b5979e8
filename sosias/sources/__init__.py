"""An export to messages: one file a format."""
