"""Sosias: a chatbot that writes like the author of the messages it is given."""

__version__ = "0.1.0"
