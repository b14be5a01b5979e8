"""`python -m bench`: every comparison there is, with its defaults; the corpus at a size for every day."""

from bench import corpus, importing, training

importing.main([])
corpus.main(["--messages", "1000000", "--hidden", "20000"])
training.main([])
