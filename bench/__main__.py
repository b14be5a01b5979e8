"""`python -m bench`: every comparison there is, with its defaults."""

from bench import importing, training

importing.main([])
training.main([])
