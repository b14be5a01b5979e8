"""How likely a network finds given tokens, with logits computed only where they are asked for."""

from typing import Any

import torch
from torch import nn

PRODUCT_NUMBERS = 2**25
"""Logits of one matrix product: 128 positions of Gemma's 262,144 tokens, 64 MB in bfloat16."""
SOFTMAX_NUMBERS = 2**21
"""Logits in fp32 at once: 8 MB, which stays in a processor's cache from one pass to the next."""


class _LinearCrossEntropy(torch.autograd.Function):
    """Negative log-likelihoods of a frozen output matrix, without ever holding all logits.

    The gradient of softmax and matrix product is taken chunk by chunk in the forward pass, while
    the logits are at hand; backward only scales it. The matrix itself gets no gradient.
    """

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        losses = torch.empty(len(targets), dtype=torch.float32, device=hidden.device)
        gradient = torch.empty_like(hidden) if hidden.requires_grad else None
        rows = max(1, PRODUCT_NUMBERS // weight.shape[0])
        for first in range(0, len(targets), rows):
            part = slice(first, first + rows)
            logits = hidden[part] @ weight.T
            losses[part] = _losses(logits, targets[part], gradient is not None)
            if gradient is not None:
                torch.mm(logits, weight, out=gradient[part])
        ctx.save_for_backward(gradient)
        return losses

    @staticmethod
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * outputs[0][:, None].to(gradient.dtype), None, None


def _losses(logits: torch.Tensor, targets: torch.Tensor, with_gradient: bool) -> torch.Tensor:
    """Return the losses; `logits` then hold their gradient if asked: softmax, less one at the target."""
    losses = torch.empty(len(targets), dtype=torch.float32, device=logits.device)
    rows = max(1, SOFTMAX_NUMBERS // logits.shape[1])
    for first in range(0, len(targets), rows):
        part = slice(first, first + rows)
        wanted = targets[part, None]
        likely = torch.log_softmax(logits[part].float(), -1)
        chosen = likely.gather(1, wanted)
        losses[part] = -chosen.squeeze(1)
        if with_gradient:
            logits[part] = likely.exp_().scatter_(1, wanted, chosen.exp() - 1)
    return losses


def token_losses(network: nn.Module, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the negative log-likelihood in nats of every label that is not −100, in reading order.

    Args:
        network: a transformers causal LM, or a PEFT model around one.
        ids: [windows, tokens], padded on the right.
        labels: the same shape; position t is predicted from the tokens before t.
    """
    body, head = parts(network)
    hidden = body(input_ids=ids, use_cache=False).last_hidden_state
    wanted = labels[:, 1:] != -100
    chosen = hidden[:, :-1][wanted]
    targets = labels[:, 1:][wanted]
    if head.weight.requires_grad or head.bias is not None:
        return nn.functional.cross_entropy(head(chosen).float(), targets, reduction="none")
    losses: torch.Tensor = _LinearCrossEntropy.apply(chosen, head.weight, targets)  # type: ignore[no-untyped-call]
    return losses


def parts(network: Any) -> tuple[nn.Module, Any]:
    """Return the transformer body and the output layer of a causal LM, PEFT or not."""
    plain = network.get_base_model() if hasattr(network, "get_base_model") else network
    if getattr(plain.config, "final_logit_softcapping", None):
        raise NotImplementedError("a base that caps its logits")
    return getattr(plain, plain.base_model_prefix), plain.get_output_embeddings()
