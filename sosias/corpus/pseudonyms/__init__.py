"""People's names, numbers and addresses in messages to stand-ins, and back with the local file alone."""
