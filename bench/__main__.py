"""`python -m bench`: every comparison there is, with its defaults."""

from bench import training

training.main()
