"""Fuzzing of what reads exports: `python -m tests.fuzz`, or `make fuzz`."""
