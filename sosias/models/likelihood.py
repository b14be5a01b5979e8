"""How likely a network finds given tokens, with logits computed only where they are asked for."""

from typing import Any

import torch
from torch import nn

from sosias.errors import SosiasError

PRODUCT_NUMBERS = 2**25
"""Logits of one matrix product: 128 positions of Gemma's 262,144 tokens, 64 MB in bfloat16."""
SOFTMAX_NUMBERS = 2**21
"""Logits in fp32 at once: 8 MB, which stays in a processor's cache from one pass to the next."""
SMALLEST = 1e-38
"""A learnt token's probability below which losses are not told apart (87 nats); gradients are the same."""
CHANGED_LOGITS = ("final_logit_softcapping", "logits_scaling", "logit_scale", "lm_head_multiplier")
"""Settings of networks (Gemma 2, Granite, Cohere, Falcon-H1) whose logits are more than a product."""


class UnknownLogits(SosiasError):
    """This base changes its logits in a way that is not known here ({name} in its config.json): take
    another base."""


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


class _SummedCrossEntropy(torch.autograd.Function):
    """The sum of the same losses of a matrix that learns, too: its gradient is added up in fp32."""

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        wanted = hidden.requires_grad or weight.requires_grad
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        gradient = torch.empty_like(hidden) if wanted else None
        weights = torch.zeros_like(weight, dtype=torch.float32) if wanted else None
        rows = max(1, PRODUCT_NUMBERS // weight.shape[0])
        for first in range(0, len(targets), rows):
            part = slice(first, first + rows)
            logits = hidden[part] @ weight.T
            total += _losses(logits, targets[part], wanted).sum()
            if gradient is not None and weights is not None:
                torch.mm(logits, weight, out=gradient[part])
                weights += logits.T @ hidden[part]
        ctx.save_for_backward(gradient, None if weights is None else weights.to(weight.dtype))
        return total

    @staticmethod
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        gradient, weights = ctx.saved_tensors
        return gradient * outputs[0].to(gradient.dtype), weights * outputs[0].to(weights.dtype), None


def _losses(logits: torch.Tensor, targets: torch.Tensor, with_gradient: bool) -> torch.Tensor:
    """Return the losses; `logits` then hold their gradient if asked: softmax, less one at the target."""
    losses = torch.empty(len(targets), dtype=torch.float32, device=logits.device)
    rows = max(1, SOFTMAX_NUMBERS // logits.shape[1])
    for first in range(0, len(targets), rows):
        part = slice(first, first + rows)
        wanted, numbers = targets[part, None], logits[part].float()
        if not with_gradient:
            losses[part] = -torch.log_softmax(numbers, -1).gather(1, wanted).squeeze(1)
            continue
        likely = torch.softmax(numbers, -1)  # each exponential is computed once
        chosen = likely.gather(1, wanted)
        losses[part] = -chosen.clamp_min(SMALLEST).log().squeeze(1)
        logits[part] = likely.scatter_(1, wanted, chosen - 1)
    return losses


def token_losses(network: nn.Module, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the negative log-likelihood in nats of every label that is not −100, in reading order.

    Args:
        network: a transformers causal LM, or a PEFT model around one.
        ids: [windows, tokens], padded on the right.
        labels: the same shape; position t is predicted from the tokens before t.
    """
    return _each(*_wanted(network, ids, labels))


def _each(chosen: torch.Tensor, targets: torch.Tensor, head: Any) -> torch.Tensor:
    if head.weight.requires_grad or head.bias is not None:
        rows = max(1, PRODUCT_NUMBERS // head.weight.shape[0])
        rows = rows if not torch.is_grad_enabled() else max(1, len(targets))  # a gradient keeps all of them
        pieces = zip(torch.split(chosen, rows), torch.split(targets, rows), strict=True)
        losses = [
            nn.functional.cross_entropy(head(part).float(), some, reduction="none") for part, some in pieces
        ]
        return torch.cat(losses)
    # torch gives `apply` no types
    each: torch.Tensor = _LinearCrossEntropy.apply(chosen, head.weight, targets)  # type: ignore[no-untyped-call]
    return each


def summed_loss(network: nn.Module, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the sum of `token_losses`, with less memory and time where all weights are trained."""
    chosen, targets, head = _wanted(network, ids, labels)
    learns = head.weight.requires_grad and head.bias is None and head.weight.dtype == chosen.dtype
    if learns and not torch.is_autocast_enabled(ids.device.type):
        # torch gives `apply` no types
        total: torch.Tensor = _SummedCrossEntropy.apply(chosen, head.weight, targets)  # type: ignore[no-untyped-call]
        return total
    return _each(chosen, targets, head).sum()


def _wanted(
    network: nn.Module, ids: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, Any]:
    """Return the last hidden states before the wanted labels, these labels, and the output layer."""
    body, head = parts(network)
    most = getattr(body.config, "max_position_embeddings", None)
    if most is not None and ids.shape[1] > most and bool((labels[:, most:] == -100).all()):
        ids, labels = ids[:, :most], labels[:, :most]  # padding, at which GPT-2 fails
    hidden = body(input_ids=ids, use_cache=False).last_hidden_state
    wanted = labels[:, 1:] != -100
    return hidden[:, :-1][wanted], labels[:, 1:][wanted], head


def parts(network: Any) -> tuple[nn.Module, Any]:
    """Return the transformer body and the output layer of a causal LM, PEFT or not.

    Raises:
        UnknownLogits: what the output layer gives is not yet its logits.
    """
    plain = network.get_base_model() if hasattr(network, "get_base_model") else network
    for name in CHANGED_LOGITS:
        if getattr(plain.config, name, None) not in (None, 1):
            raise UnknownLogits(name=name)
    return getattr(plain, plain.base_model_prefix), plain.get_output_embeddings()
