"""Windows to an adapter."""
