"""A persona to replies: llama.cpp, or torch."""
