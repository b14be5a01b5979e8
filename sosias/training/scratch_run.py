"""A persona's texts to a base of its own: vocabulary, shards, a new network, and the one loop.

What a run needs on its way lies in its folder: `start` (vocabulary and random weights, a base like any
other, which an evaluation compares with) and `corpus` (the texts as tokens, gone when the run has ended).
"""

import shutil
from itertools import islice
from typing import TYPE_CHECKING, Any

from sosias.corpus import prepared
from sosias.errors import SosiasError
from sosias.events import Choice, Listener, Notice
from sosias.language import translate as _
from sosias.models.base import Base, open_base, stored_name
from sosias.models.network import cpu_dtype, load_network
from sosias.models.vocabulary import choose_size
from sosias.settings import PersonaSettings, RunSettings, TrainingSettings
from sosias.templates import open_template
from sosias.training.batches import PAD_TO
from sosias.training.choices import choose_loss
from sosias.training.foreseen import check_disk, choose_micro_batch, size_of
from sosias.training.memory import available_bytes
from sosias.training.plan import asked_now, new_run, open_settings, remembered, same_run
from sosias.training.samples import PROMPTS, Sampler, starts
from sosias.training.scratch import (
    BATCH_TOKENS,
    BLOCK,
    SCRATCH_RATE,
    Shape,
    choose_scratch_size,
    new_network,
    save_base,
)
from sosias.training.scratch_corpus import Texts, shards_in, trained_tokenizer, watched
from sosias.workspace import (
    Persona,
    Run,
    atomic_folder,
    private_folder,
    root_of,
    write_json,
    write_settings,
)

if TYPE_CHECKING:
    from sosias.training.fit import Fit, Fitted

NEW = "scratch"
"""What stands for the base in settings until the run has one."""
LEAST_TOKENS = 2 * BLOCK


class TooLittleText(SosiasError):
    """The texts of {name} are too few to train from scratch on ({tokens} tokens to learn from, {watched} to
    watch): import more, or train on a base (sosias models list)."""


def train_from_scratch(
    persona: Persona, settings: PersonaSettings, listener: Listener, *, samples: bool = False
) -> dict[str, Any]:
    """Train a network that knows nothing on the persona's texts, going on with an unfinished run.

    The result's keys are those of `train`; the run ends in `weights`, a folder for `--base`.

    Raises:
        NotPrepared, TooLittleText: no sessions, or not enough in them.
        NoRoomForIt, LossNotFinite, NotEnoughMemory: as `train`.
    """
    choices: list[Choice] = []
    wanted = _resolved(persona, settings, choices)
    run = _run_of(persona, wanted, settings.training, listener)
    for choice in choices:
        listener(choice)
    if run.is_finished:
        listener(Notice(_("Already trained with these settings: run {run}.").format(run=run.folder.name)))
        return run.result()
    return _carry_out(persona, run, wanted, choices, listener, samples=samples)


def _resolved(persona: Persona, settings: PersonaSettings, choices: list[Choice]) -> RunSettings:
    """Return the run's settings with everything chosen but the number of steps; note the choices."""
    training = settings.training
    fingerprint = prepared.fingerprint(persona)
    if training.loss is None:
        choices.append(choose_loss(settings.consent))
    loss = training.loss or choices[-1].value
    corpus_bytes = Texts(persona, loss == "all").bytes_of("train")
    if training.size is None:
        choices.append(choose_scratch_size(corpus_bytes))
    if training.layout is None:
        why = _("it learns more in the same time than gpt2 (docs/findings/scratch.md)")
        choices.append(Choice("layout", "llama", why))
    if training.dtype is None:
        choices.append(cpu_dtype()[1])
    if training.learning_rate is None:
        why = _("best of those tried from scratch, with small networks (docs/findings/scratch.md)")
        choices.append(Choice("learning_rate", f"{SCRATCH_RATE:g}", why))
    if training.window_tokens is None:
        why = _("the only length that was measured (docs/findings/scratch.md)")
        choices.append(Choice("window_tokens", str(BLOCK), why))
    if training.batch_tokens is None:
        why = _("it learns more in the same time than steps twice as long (docs/findings/scratch.md)")
        choices.append(Choice("batch_tokens", str(BATCH_TOKENS), why))
    values = training.model_dump() | {choice.what: choice.value for choice in choices}
    return RunSettings(
        base=NEW,
        template="document",
        persona_author=prepared.persona_name(settings),
        partner="…",
        group=False,
        training=TrainingSettings.model_validate(values),
        sessions_sha256=fingerprint,
    )


def _start(
    run: Run, texts: Texts, training: TrainingSettings, choices: list[Choice], listener: Listener
) -> Base:
    """Return the base that the run starts from: made by an earlier call, or now."""
    if not run.start_folder.is_dir():
        assert training.size and training.layout and training.window_tokens
        size = choose_size(texts.bytes_of("train"))
        choices.append(size)
        listener(size)
        context = -(-training.window_tokens // PAD_TO) * PAD_TO  # GPT-2's needs a position for padding, too
        shape = Shape.of(training.size, training.layout, context)
        with atomic_folder(run.start_folder) as folder:
            tokenizer = trained_tokenizer(texts, int(size.value))
            network = new_network(shape, training.layout, tokenizer, seed=training.seed)
            save_base(network, tokenizer, folder)
    return open_base(str(run.start_folder))


def _run_of(persona: Persona, wanted: RunSettings, asked: TrainingSettings, listener: Listener) -> Run:
    """Return the newest run if it is of these settings, whatever base it has made, else a new one."""
    runs = persona.runs()
    if runs and runs[-1].settings_file.is_file():
        wanted = wanted.model_copy(update={"base": runs[-1].settings.base})
    left_open = open_settings(asked)
    return same_run(persona, wanted, left_open) or new_run(persona, wanted, left_open, listener)


def _carry_out(
    persona: Persona,
    run: Run,
    wanted: RunSettings,
    choices: list[Choice],
    listener: Listener,
    *,
    samples: bool,
) -> dict[str, Any]:
    """Train into the run's folder; return and write the result, unless interrupted."""
    from sosias.training.methods import keep

    run.clear_left()
    settings = run.settings if run.settings_file.is_file() else wanted
    write_settings(run.settings_file, settings)  # from here on the run's files belong to these settings
    texts = Texts(persona, settings.training.loss == "all")
    base = _start(run, texts, settings.training, choices, listener)
    left_open = open_settings(persona.settings.training)
    remembered(run, choices, left_open)  # the shards take long, and a second call makes no vocabulary
    earlier = settings.training.micro_batch_tokens
    training = settings.training.model_copy(update=asked_now(wanted.training))
    room = texts.bytes_of("train") + texts.bytes_of("validation")  # as tokens they take less
    training, memory = _with_micro_batch(base, training, run, room, earlier)
    fit = _fit(run, texts, base, training, listener, samples=samples)
    for choice in [*memory, *fit.choose_steps()]:
        choices.append(choice)
        listener(choice)
    name = stored_name(base, root_of(run.folder))
    settings = settings.model_copy(update={"training": fit.settings, "base": name})
    write_settings(run.settings_file, settings)
    choices = remembered(run, choices, left_open)
    fitted = fit.run()
    result = _result(settings, base, fit, fitted, choices)
    if fitted.stopped != "interrupted":
        keep(fit.network.float(), base, training, run)
        write_json(run.result_file, result)
        for folder in (run.checkpoint_folder, run.corpus_folder):
            shutil.rmtree(folder, ignore_errors=True)
    return result


def _with_micro_batch(
    base: Base, training: TrainingSettings, run: Run, shards: int, earlier: int | None
) -> tuple[TrainingSettings, list[Choice]]:
    """Choose how much goes through the network at once, and see that there is room on the disk."""
    foreseen = training.model_copy(update={"method": "full"})  # as much is trained and kept
    size = size_of(base)
    check_disk(private_folder(run.folder), size, foreseen, shards)
    if training.micro_batch_tokens is not None:
        return training, []
    assert training.window_tokens is not None
    choice = choose_micro_batch(
        size,
        foreseen,
        length=training.window_tokens,
        learnt=1.0,
        available=available_bytes(),
        earlier=earlier,
    )
    tokens = int(choice.value)
    return training.model_copy(update={"micro_batch_tokens": tokens}), [choice] if tokens != earlier else []


def _fit(
    run: Run, texts: Texts, base: Base, training: TrainingSettings, listener: Listener, *, samples: bool
) -> "Fit":
    """Return the loop over the texts as shards.

    Raises:
        TooLittleText: there are not enough of them.
    """
    from sosias.training.fit import Fit
    from sosias.training.scratch_optimizer import ScratchOptimizer
    from sosias.training.shards import Blocks

    learnt = shards_in(run.corpus_folder / "train", texts, "train", base.tokenizer)
    watch = shards_in(run.corpus_folder / "validation", texts, "validation", base.tokenizer)
    if len(learnt) < LEAST_TOKENS or len(watch) < 2:
        raise TooLittleText(name=texts.persona.name, tokens=len(learnt), watched=len(watch))
    assert training.window_tokens and training.batch_tokens and training.micro_batch_tokens
    length, batch, micro = training.window_tokens, training.batch_tokens, training.micro_batch_tokens
    blocks = Blocks(learnt, length=length, batch=batch, micro=micro, seed=training.seed)
    network = load_network(base, dtype=training.dtype or "float32").requires_grad_(True)
    windows = watched(watch, length)
    pad_id, optimizer = base.config.pad_id, ScratchOptimizer(network)
    sampler = _sampler(texts, base, training, listener) if samples else None
    return Fit(
        network,
        blocks,
        windows,
        training,
        pad_id,
        run.folder,
        listener,
        optimizer=optimizer,
        sampler=sampler,
    )


def _sampler(texts: Texts, base: Base, training: TrainingSettings, listener: Listener) -> Sampler:
    """Return what goes on with the first words of held-out texts; few are read of the many."""
    name = prepared.persona_name(texts.persona.settings)
    document = open_template("document", base, name, group=False)
    asked = starts(document, islice(texts.of("validation"), PROMPTS))
    return Sampler(document, asked, texts.persona.settings.generation, training.sample_steps, listener)


def _result(
    settings: RunSettings, base: Base, fit: "Fit", fitted: "Fitted", choices: list[Choice]
) -> dict[str, Any]:
    return {
        "base": NEW,
        "method": settings.training.method,
        "template": settings.template,
        "choices": [{"what": one.what, "value": one.value, "why": one.why} for one in choices],
        "weights": sum(weight.numel() for weight in fit.network.parameters()),
        "vocabulary": base.config.vocab_size,
        **fitted.figures(),
    }
