"""A session to windows of token ids and a loss mask; a reply to bubbles."""
