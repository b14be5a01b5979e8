"""A base: catalogue, download, likelihood and generation in torch, GGUF and other files out."""
