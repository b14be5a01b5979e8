"""Who is who in Telegram's exports: accounts and chats have numbers, whatever they are called."""

from collections.abc import Sequence

from sosias.language import translate as _
from sosias.sources.json_values import key, words
from sosias.sources.naming import apart, newest
from sosias.sources.source import Identity
from sosias.sources.telegram_file import NAMES, OWN, Chat, Survey

DELETED = "Deleted account"
"""What Telegram shows where an account is gone; its exports say nothing."""
NAMELESS = "Deleted chat"


class People:
    """The names of the accounts and chats of several files; those of one name are told apart."""

    def __init__(self, surveys: Sequence[Survey]) -> None:
        self._names = newest(survey.names for survey in surveys)
        self.authors = apart({one: self._name(one) for one in self._names})
        by_age = sorted(surveys, key=lambda survey: survey.last)
        called = {
            peer: name
            for survey in by_age
            for chat in survey.chats.values()
            if (peer := chat.peer) and (name := self._chat(chat))
        }
        self._chats = apart(called)

    def _name(self, account: str) -> str:
        names = self._names[account]
        return next(iter(names), f"{DELETED} {account.removeprefix('user')}".strip())

    def _chat(self, chat: Chat) -> str:
        if chat.type in OWN:
            return NAMES[chat.type]
        if chat.name or not chat.peer:
            return chat.name or NAMELESS
        if chat.peer.startswith("user"):
            return self.authors.get(chat.peer, f"{DELETED} {chat.id}")
        return f"{NAMELESS} {chat.id}"

    def chat(self, chat: Chat) -> str:
        """Return a chat's name."""
        return self._chats.get(chat.peer) or self._chat(chat)

    def identities(self, survey: Survey) -> list[Identity]:
        """Return the accounts of a file that are known by several names."""
        why = _("Telegram gives the account the same number")
        several = ((one, list(self._names[one])[1:]) for one in survey.names)
        return [Identity(self.authors[one], tuple(also), why) for one, also in several if also]

    def owner(self, survey: Survey) -> tuple[str, str]:
        """Return the account that exported a file, empty where the file does not tell, and why."""
        if found := key(survey.account.get("user_id")):
            self._introduce(f"user{found}", survey)
            return f"user{found}", _("the export names the account that it is of")
        alone = survey.chats.get(0, Chat())
        if alone.type in OWN and alone.id:
            return alone.peer, _("the chat is the account's own")
        others = [one for one in survey.names if one != alone.peer and one.startswith("user")]
        if alone.peer.startswith("user") and len(others) == 1:
            return others[0], _("the chat has two people and is named after the other")
        return "", _("a chat that is exported alone does not tell who exported it")

    def _introduce(self, account: str, survey: Survey) -> None:
        """Name an account that wrote nothing by what the file says of it."""
        names = (words(survey.account.get(part)) for part in ("first_name", "last_name"))
        self.authors.setdefault(account, " ".join(filter(None, names)) or DELETED)
