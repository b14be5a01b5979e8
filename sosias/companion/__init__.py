"""What stands around the voice: safety, and who one is talking to."""
