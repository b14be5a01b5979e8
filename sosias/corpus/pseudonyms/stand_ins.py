"""StandIns: what stands for what, one to one, so that the real can be put back.

Names are kept small; capital letters and drawn-out endings are taken over. Numbers are kept as letters
and digits alone; blanks, points and hyphens between them are taken over, too.
"""

import re
from collections.abc import Callable, Iterable, Mapping

import phonenumbers

from sosias.corpus.pseudonyms import invented, invented_numbers
from sosias.corpus.pseudonyms.forms import forms, is_surname, second_gender
from sosias.corpus.pseudonyms.gazetteer import given_names, surnames
from sosias.corpus.pseudonyms.lists import plain
from sosias.corpus.pseudonyms.spans import Kind, Span, only
from sosias.corpus.pseudonyms.spelling import DRAWN_OUT, drawn_out, shortened, squeezed, style_of, styled

SHAPED: tuple[Kind, ...] = ("phone", "account", "card", "id", "postcode")
"""Numbers: letters and digits are replaced, place by place."""
SECOND = {"second_f": "f", "second_m": "m"}
"""Second names of the other gender (José in María José): the stand-in has the first name's."""
LEADING = re.compile(r"\b[^\W\d_]['’]$")
Maker = Callable[[int], str]
"""Makes the n-th suggestion for a stand-in."""


class StandIns:
    """Stand-ins by kind and real spelling; new ones are made as they are asked for."""

    def __init__(
        self,
        key: str,
        known: Mapping[str, Mapping[str, str]] | None = None,
        *,
        language: str = "es",
        occurring: Iterable[str] = (),
    ) -> None:
        """Take the secret key (hexadecimal), the pairs that are known, the corpus's language, and the words
        that occur in it: none of them becomes a stand-in."""
        self._key = bytes.fromhex(key)
        self._language = language if language in ("es", "en") else "es"
        self._made: dict[str, dict[str, str]] = {kind: dict(pairs) for kind, pairs in (known or {}).items()}
        self._taken = {one for pairs in self._made.values() for one in pairs.values()}
        self._taken_plain = {plain(one) for one in self._taken} | {plain(word) for word in occurring}
        self._chats = set(self._made.get("chat", {}).values())
        self._cache: dict[tuple[str, str, str], str] = {}
        self._accented: dict[tuple[str, str], str] = {}
        for kind, pairs in self._made.items():
            for real in pairs:
                self._note_accents(kind, real)

    def as_settings(self) -> dict[str, dict[str, str]]:
        """Return all pairs by kind, for people.toml."""
        return {kind: dict(sorted(pairs.items())) for kind, pairs in sorted(self._made.items()) if pairs}

    def replaced(self, text: str, spans: Iterable[Span]) -> str:
        """Return the text with a stand-in in the place of every span."""
        parts, last = [], 0
        for span in spans:
            parts += [text[last : span.start], self.of(span, text[span.start : span.end])]
            last = span.end
        return "".join([*parts, text[last:]]) if parts else text

    def of(self, span: Span, real: str) -> str:
        """Return what stands for a span whose text is `real`, written as `real` is."""
        key = (span.kind, span.canonical, real)
        cached = self._cache.get(key)
        if cached is None:
            cached = self._cache[key] = self._written(*key)
        return cached

    def author(self, name: str, spans: Iterable[Span]) -> str:
        """Return the name under which an author is shown; `spans` are the names in it.

        Their stand-ins in a row, so that who is spoken to is who answers.
        """
        parts = [_leading(name[: span.start]) + self.of(span, name[span.start : span.end]) for span in spans]
        shown = " ".join(parts) or styled(self._small_name("name", plain(name) or "?"), "title")
        return self._pair("author", name, lambda n: shown if n == 0 else f"{shown} {n + 1}", fresh=False)

    def chat(self, name: str, shown: str) -> str:
        """Return the name under which a chat is shown, `shown` where no other chat is called so."""
        pairs = self._made.setdefault("chat", {})
        attempt = 1
        while name not in pairs:
            other = shown if attempt == 1 else f"{shown} {attempt}"
            if other not in self._chats:
                pairs[name] = other
                self._chats.add(other)
            attempt += 1
        return pairs[name]

    def _written(self, kind: Kind, canonical: str, real: str) -> str:
        if kind in ("name", "surname"):
            first, _blank, second = canonical.partition(" ")
            gender = second_gender(first, second)
            return self._name(f"second_{gender}" if gender else kind, real)
        if kind == "phone":
            return reshaped(real, self._phone(canonical, only(real)))
        if kind in SHAPED:
            number = only(real)
            return reshaped(
                real, self._pair(kind, number, lambda n: invented_numbers.number(self._key, kind, number, n))
            )
        style = style_of(real)
        if kind == "link" or style is None:
            return self._pair(kind, real, lambda n: self._other(kind, canonical, real, n))
        small = real.lower()
        return styled(
            self._pair(kind, small, lambda n: self._other(kind, canonical, small, n).lower()), style
        )

    def _other(self, kind: Kind, canonical: str, real: str, attempt: int) -> str:
        if kind == "email":
            return invented_numbers.email(self._key, canonical, attempt)
        if kind == "address":
            return invented_numbers.street(self._key, canonical, real, attempt, self._language)
        if kind == "handle":
            return "user_" + invented_numbers.token(self._key, kind, canonical, attempt, 7)
        return invented_numbers.token(self._key, kind, canonical, attempt)

    def _name(self, kind: str, real: str) -> str:
        style, small = style_of(real), real.lower()
        if style is not None and (_stands_alone(small) or DRAWN_OUT.search(small) is None):
            if squeezed(small) == small or _stands_alone(small):
                return styled(self._small_name(kind, small), style)
            return styled(self._stretched(kind, small), style)
        if style is not None:
            stem, more = shortened(small)
            if squeezed(stem) == stem:
                return styled(drawn_out(self._small_name(kind, stem), more), style)
            return styled(self._stretched(kind, small), style)
        # No style gives this spelling back: it is kept as it stands.
        base = self._small_name(kind, squeezed(small))
        return self._pair(
            kind, real, lambda n: base[0] + base[1:-1].upper() + base[-1] + "x" * n, fresh=False
        )

    def _stretched(self, kind: str, small: str) -> str:
        """Return what stands for a name that is drawn out inside: `luuucía`."""
        base = self._small_name(kind, squeezed(small))
        place = next((place for place, letter in enumerate(base) if letter in "aeiouáéíóú"), 0)
        return self._pair(
            kind, small, lambda n: base[:place] + base[place] * (3 + n) + base[place + 1 :], fresh=False
        )

    def _small_name(self, kind: str, small: str) -> str:
        known = self._made.get(kind, {}).get(small)
        if known is not None:
            return known
        canonical, accented = plain(small), plain(small) != small
        given = (surnames() if kind == "surname" else given_names()).get(canonical)
        spelt = self._accented.get((kind, canonical)) or (given.name.lower() if given else small)
        if not accented and spelt != small and plain(spelt) == small:
            # `maria` is `maría` without its accent, and so is what stands for it.
            other = plain(self._small_name(kind, spelt))
            return self._pair(kind, small, lambda n: other + "x" * n, fresh=False)
        if kind == "surname":
            return self._pair(
                kind,
                small,
                lambda n: invented.surname(
                    self._key, canonical, n, accented=accented, language=self._language
                ),
            )
        formal = None if invented.is_formal(canonical) else self._formal(canonical)
        if formal is not None and not accented:
            language, name = formal
            long = self._small_name(
                "name", given_names()[name].name.lower() if name in given_names() else name
            )
            return self._pair(
                kind, small, lambda n: invented.short_name(self._key, canonical, long, n, language=language)
            )
        return self._pair(
            kind,
            small,
            lambda n: invented.given_name(
                self._key,
                canonical,
                n,
                accented=accented,
                language=self._language,
                gender=SECOND.get(kind),
            ),
        )

    def _formal(self, canonical: str) -> tuple[str, str] | None:
        """Return the name that a short form stands for: the one that occurs, of those that it may be."""
        names = invented.formal_names(canonical)
        seen = {plain(name) for name in self._made.get("name", ())}
        return next((one for one in names if one[1] in seen), names[0] if names else None)

    def _phone(self, canonical: str, digits: str) -> str:
        """Return digits for a number's: what stands before the national number stays."""
        national = _national(canonical)
        if national and digits.endswith(national):
            made = self._pair(
                "phone", national, lambda n: invented_numbers.phone(self._key, canonical, national, n)
            )
            return digits[: -len(national)] + made
        return self._pair("phone", digits, lambda n: invented_numbers.phone(self._key, canonical, digits, n))

    def _note_accents(self, kind: str, real: str) -> None:
        if kind in ("name", "surname") and not real.isascii():
            self._accented.setdefault((kind, plain(real)), real.lower())

    def _pair(self, kind: str, real: str, make: Maker, *, fresh: bool = True) -> str:
        """Return the stand-in of a spelling, making one that is not taken where there is none.

        `fresh`: it may not even be like another one or a word of the corpus, accents apart.
        """
        pairs = self._made.setdefault(kind, {})
        attempt = 0
        while real not in pairs:
            other = make(attempt)
            attempt += 1
            if other not in self._taken and not (
                fresh and (plain(other) in self._taken_plain or other == real)
            ):
                pairs[real] = other
                self._note_accents(kind, real)
                self._taken.add(other)
                self._taken_plain.add(plain(other))
        return pairs[real]


def _leading(before: str) -> str:
    """Return what belongs to the name that follows it and stays: the O' of O'Neill."""
    match = LEADING.search(before)
    return match.group() if match else ""


def _stands_alone(small: str) -> bool:
    """Does a name end in a letter twice by itself, as `renee` and `scott` do?"""
    return small in forms() or is_surname(small)


def _national(canonical: str) -> str:
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(canonical, None))
    except phonenumbers.NumberParseException:
        return ""


def reshaped(real: str, letters: str) -> str:
    """Return letters and digits (capital) in the places of the real one's, with its punctuation and cases."""
    following = iter(letters)
    made = []
    for letter in real:
        if not letter.isalnum():
            made.append(letter)
            continue
        other = next(following, "")
        made.append(other.lower() if letter.islower() else other)
    return re.sub(r"\0", "", "".join(made))
