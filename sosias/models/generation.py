"""Drawing tokens from a torch network: ids in, ids out."""

from collections.abc import Callable, Sequence
from typing import Any

import torch


def next_logits(network: Any, ids: Sequence[int]) -> torch.Tensor:
    """Return the logits [vocabulary] of the token after `ids`, in float32."""
    with torch.inference_mode():
        given = torch.tensor([list(ids)], device=network.device)
        output = network(input_ids=given, use_cache=False, logits_to_keep=1)
    logits: torch.Tensor = output.logits[0, -1].float().cpu()
    return logits


def generate(
    network: Any,
    prompt: Sequence[int],
    *,
    temperature: float,
    top_p: float,
    max_tokens: int,
    stop_ids: frozenset[int],
    seed: int | None = None,
    on_token: Callable[[int], bool] | None = None,
) -> list[int]:
    """Return up to `max_tokens` new ids; a stop id, when one is drawn, is the last.

    `on_token` is given each id but a stop id, and ends the drawing by returning True. The same seed
    gives the same ids; None draws anew.
    """
    generator = torch.Generator()
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    drawn: list[int] = []
    cache: Any = None
    ids = torch.tensor([list(prompt)], device=network.device)
    while len(drawn) < max_tokens:
        with torch.inference_mode():
            output = network(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache = output.past_key_values
        token = sample(output.logits[0, -1].float().cpu(), temperature, top_p, generator)
        drawn.append(token)
        if token in stop_ids or (on_token is not None and on_token(token)):
            break
        ids = torch.tensor([[token]], device=ids.device)
    return drawn


def sample(logits: torch.Tensor, temperature: float, top_p: float, generator: torch.Generator) -> int:
    """Draw from softmax(logits / temperature), kept to the likeliest tokens that together hold `top_p`.

    The one that crosses `top_p` still counts. Temperature 0 takes the likeliest.
    https://arxiv.org/abs/1904.09751
    """
    if temperature == 0:
        return int(logits.argmax())
    probabilities = torch.softmax(logits / temperature, -1)
    if top_p < 1:
        ordered, order = probabilities.sort(descending=True)
        before = ordered.cumsum(-1) - ordered
        probabilities = torch.zeros_like(probabilities).scatter(0, order, ordered * (before < top_p))
    return int(torch.multinomial(probabilities, 1, generator=generator))
