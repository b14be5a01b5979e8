"""Whoever renders the chat template gives the model the very tokens that the persona was trained on."""

from pathlib import Path

import jinja2
import pytest
from tokenizers import AddedToken, Tokenizer

from sosias.corpus.session import Turn
from sosias.models.base import open_base
from sosias.models.hf_out import write_tokenizer
from sosias.pipeline.chat_template import chat_template
from sosias.templates import open_template
from tests.bases import tiny_folder
from tests.tiny import tiny_base

pytest.importorskip("torch")
TURNS = [
    Turn("Bea", False, ("¿vienes?",)),
    Turn("Ana", True, ("no sé, 'igual'",)),
    Turn("Bea", False, ("va",)),
]
TALK = [
    {"role": "system", "content": "Be an assistant."},
    {"role": "user", "content": " ¿vienes? "},
    {"role": "assistant", "content": "no sé, 'igual'"},
    {"role": "user", "content": "va"},
]


@pytest.mark.parametrize("name", ["chat", "transcript"])
def test_a_rendered_talk_is_the_persona_s_prompt(name: str, tmp_path: Path) -> None:
    folder = tiny_base(tmp_path / "base", "llama")
    template = open_template(name, open_base(str(folder)), "Ana")
    written = chat_template(template, "Bea")
    assert written is not None
    rendered = (
        jinja2.Environment()
        .from_string(written)
        .render(messages=TALK, add_generation_prompt=True, bos_token="<|endoftext|>")
    )
    ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(rendered).ids
    assert ids == template.prompt(TURNS, 512)


@pytest.mark.parametrize(
    ("markup", "tokens"),
    [
        ("gemma", ("<start_of_turn>", "<end_of_turn>")),
        ("llama3", ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")),
        ("phi3", ("<|user|>", "<|assistant|>", "<|end|>")),
    ],
)
def test_each_markup_is_rendered_as_it_was_trained(
    markup: str, tokens: tuple[str, ...], tmp_path: Path
) -> None:
    folder = tiny_base(tmp_path / "base", "llama")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in tokens])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "chat_template.jinja").write_text("".join(tokens))
    base = open_base(str(folder))
    assert base.config.chat_markup == markup
    template = open_template("chat", base, "Ana")
    written = chat_template(template, "Bea")
    assert written is not None
    rendered = (
        jinja2.Environment()
        .from_string(written)
        .render(messages=TALK, add_generation_prompt=True, bos_token="<|endoftext|>")
    )
    assert tokenizer.encode(rendered).ids == template.prompt(TURNS, 512)


@pytest.mark.parametrize("name", ["chat", "transcript"])
def test_phi_3_s_talk_is_rendered_without_the_spaces_of_its_tokenizer(name: str, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = tiny_folder(tmp_path / "base", "phi3")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    roles = [AddedToken(token, special=True, rstrip=True) for token in ("<|assistant|>", "<|end|>")]
    tokenizer.add_special_tokens(roles)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "chat_template.jinja").write_text("<|user|><|assistant|><|end|>")
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "LlamaTokenizer", "legacy": false, "add_prefix_space": true}'
    )
    base = open_base(str(folder))
    template = open_template(name, base, "Ana")
    (tmp_path / "out").mkdir()
    write_tokenizer(base, tmp_path / "out", chat_template(template, "Bea"))
    written = AutoTokenizer.from_pretrained(tmp_path / "out")
    ids = written.apply_chat_template(TALK, add_generation_prompt=True, return_dict=True)["input_ids"]
    assert ids == template.prompt(TURNS, 512)


@pytest.mark.parametrize("name", ["document", "question-answer", "attributes"])
def test_what_is_not_for_talk_has_none(name: str, tmp_path: Path) -> None:
    template = open_template(name, open_base(str(tiny_base(tmp_path / "base", "llama"))), "Ana")
    assert chat_template(template, "Bea") is None


def test_a_name_is_text_and_nothing_else(tmp_path: Path) -> None:
    base = open_base(str(tiny_base(tmp_path / "base", "llama")))
    name = "O'Hara \\ {{ 7 * 6 }}"
    written = chat_template(open_template("transcript", base, name), "B'")
    assert written is not None
    rendered = (
        jinja2.Environment().from_string(written).render(messages=TALK[1:2], add_generation_prompt=True)
    )
    assert rendered == f"B': ¿vienes?\n\n{name}:"
