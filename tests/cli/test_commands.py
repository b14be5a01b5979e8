"""Each command says what it does, and docs/commands.md is what the commands say."""

import commands_page

SHARED = {"--folder", "--persona", "--json"}


def test_the_page_of_the_commands_is_what_they_say() -> None:
    assert commands_page.PAGE.read_text("utf-8") == commands_page.page(), "run `make messages`"


def test_every_command_and_option_has_help() -> None:
    for name, command, _context in commands_page.commands():
        assert command.help, f"{name} has no help"
        for parameter in command.params:
            assert parameter.help, f"{name}: {parameter.name} has no help"


def test_every_command_takes_the_shared_options() -> None:
    for name, command, _context in commands_page.commands():
        if name != "sosias models":
            options = {option for parameter in command.params for option in parameter.opts}
            assert options >= SHARED, name


def test_the_design_s_commands_are_there() -> None:
    names = {name.removeprefix("sosias ") for name, _command, _context in commands_page.commands()}
    steps = {"import", "look", "new", "prepare", "train", "evaluate"}
    assert names >= {"create", "demo", "chat", "generate", "serve", "messages", "doctor"} | steps
    assert {"models list", "models pull"} <= names
