"""The bases that these tests need."""

from tests.bases import gemma3, real_base, smollm2

__all__ = ["gemma3", "real_base", "smollm2"]
