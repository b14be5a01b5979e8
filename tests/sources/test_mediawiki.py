"""Dumps of wikis come in as plain articles; what is no article is counted; hostile ones end at once."""

import bz2
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.messages import Message, native_id
from sosias.sources.mediawiki_balance import balanced
from sosias.sources.mediawiki_text import plain_text
from sosias.sources.mediawiki_xml import LONGEST
from sosias.sources.problems import NotAnExport, Unreadable
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.zones import Zone
from tests.fuzz.check import check
from tests.sources import mediawiki_exports as exports
from tests.sources.mediawiki_exports import dump, every_shape, page, revision, write

UTC = Options(zone=Zone.given("UTC"))
HIDDEN = {"file", "image", "category", "categoría"}


def read(path: Path) -> tuple[Reading, list[Message]]:
    [reading] = recognise(path, UTC).readings
    return reading, list(reading.messages())


def articles(path: Path) -> list[tuple[str, str]]:
    return [(one.attributes["title"], one.text) for one in read(path)[1]]


def test_articles_are_plain_paragraphs(tmp_path: Path) -> None:
    reading, [ann, bob] = read(write(tmp_path / "wiki.xml", every_shape()))
    assert ann.text == exports.PLAIN
    assert ann.attributes == {"title": "Ann", "page": "1", "revision": "7"}
    assert (ann.chat, ann.author, ann.kind, ann.source) == ("Wikiñame", "Wikiñame", "article", "mediawiki")
    assert ann.sent_at == datetime(2016, 4, 30, 16, 32, 49)
    assert ann.id == native_id("mediawiki", "xxwiki", "1")
    assert (bob.text, bob.seq) == ("new words", 1)
    assert (reading.facts["wiki"], reading.facts["language"]) == ("xxwiki", "es")


def test_what_is_no_article_is_counted(tmp_path: Path) -> None:
    reading, _messages = read(write(tmp_path / "wiki.xml", every_shape()))
    assert dict(reading.dropped.counts) == {
        "a redirect": 2,
        "a page that is no article: talk, a template, a file …": 2,
        "an earlier revision of a page": 1,
        "a page of data or code": 1,
        "a page whose text is hidden": 1,
        "a page without prose": 1,
    }


def test_lines_are_those_of_the_page(tmp_path: Path) -> None:
    _reading, messages = read(
        write(tmp_path / "wiki.xml", dump(page("a", revision("x\ny")), page("b", revision("z"))))
    )
    assert [(one.first_line, one.last_line) for one in messages] == [(3, 6), (7, 9)]


@pytest.mark.parametrize(
    "name", ["wiki.xml", "wiki.xml.bz2", "wiki.xml.gz", "enwiki-pages.xml-p1p30-part.bz2", "x"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_packed_and_wide_dumps(tmp_path: Path, name: str, encoding: str) -> None:
    assert len(articles(write(tmp_path / name, every_shape(), encoding))) == 2


def test_many_streams_of_bzip2(tmp_path: Path) -> None:
    data = every_shape().encode()
    path = tmp_path / "wiki.xml.bz2"
    path.write_bytes(bz2.compress(data[:500]) + bz2.compress(data[500:2500]) + bz2.compress(data[2500:]))
    assert len(articles(path)) == 2


def test_a_dump_without_a_site(tmp_path: Path) -> None:
    _reading, [one] = read(write(tmp_path / "wiki.xml", dump(page("a", revision("x")), site="")))
    assert (one.chat, one.text) == ("MediaWiki", "x")


@pytest.mark.parametrize(
    ("wikitext", "plain"),
    [
        ("a {{cite|x={{y|[[z]]}}}} b", "a b"),
        ("[[a|b]]c [[d]] [[:File:x.jpg]] [[File:x.jpg|thumb|[[y]] z]]", "bc d File:x.jpg"),
        ("[[Categoría:x]] [[es:Y]] [[w:z|shown]]", "shown"),
        ("[http://x.org] [http://x.org words here] http://y.org/a_(b)", "words here http://y.org/a_(b)"),
        ("'''b''' ''i'' d'un", "b i d'un"),
        ("a<ref name=x/>b<ref>c [[d]]</ref>e<REF\nname='q'>x</ref>", "abe"),
        ("a<br>b<br />c", "a\nb\nc"),
        ("{|\n|-\n| {|\n| in\n|}\n|}\nout", "out"),
        ("a<!-- {{ -->b<!-- never closed", "ab never closed"),
        ("* a\n** b\n; c : d\n----\n# e", "a\nb\nc : d\n\ne"),
        ("== A ==\n=== B ===\nb\n== C ==\n=== D ===\n", "A\n\nB\n\nb"),
        ("x ({{IPA|y}}) (; z) {{,}}, end {{.}}.", "x (z), end."),
        (
            "5 < 6 and <stdio.h> &amp; &#233; &unknown; &#xFFFFFFFF;",
            "5 < 6 and <stdio.h> & é &unknown; &#xFFFFFFFF;",
        ),
        ("<math>\\frac{{a}}{b}</math>x<gallery>\nFile:a.jpg|b\n</gallery>", "x"),
        ("a {{unclosed [[b]] c", "a unclosed b c"),
        ("a [[unclosed {{b}} c", "a unclosed c"),
        ("closed}} ]] |}", "closed |}"),
        (
            "{{convert|5|km|mi}} {{lang|fr|[[mot|mots]]}} {{lang-es|hola}} {{nowrap|a b}}",
            "5 km mots hola a b",
        ),
        ("a __NOTOC__ b_c__d", "a b_c__d"),
        ("e\u0301 \U0001f468\u200d\U0001f469 ½ \u2028…", "e\u0301 \U0001f468\u200d\U0001f469 ½ \u2028…"),
    ],
)
def test_markup_goes_and_words_stay(wikitext: str, plain: str) -> None:
    assert plain_text(wikitext, HIDDEN) == plain


@pytest.mark.parametrize(
    "part", ["{{a|", "[[a|", "{|\n", "<ref>", "<b a='", "<!--", "[http://a ", "\n=", "{{{", "\n*;:"]
)
def test_what_is_never_closed_does_not_take_long(part: str) -> None:
    wikitext = part * (200_000 // len(part)) + "end"
    assert plain_text(wikitext, HIDDEN).endswith("end")
    assert plain_text(wikitext + "}}]]|}</ref>" * 10, HIDDEN) is not None


PARTS = [
    "[[",
    "]]",
    "{{",
    "}}",
    "{|",
    "\n|}",
    "\n",
    "|",
    "=",
    "*",
    "''",
    "<ref>",
    "</ref>",
    "<nowiki>",
    "</nowiki>",
]
PARTS += [
    "<!--",
    "-->",
    "[http://a",
    "]",
    "[",
    " ",
    "word",
    "&lt;",
    "File:",
    "lang|",
    "<br>",
    "<",
    ">",
    "\u2028",
    "{{{",
]


@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_all_that_is_left_open_is_closed_or_gone(wikitext: str) -> None:
    ready = balanced(wikitext)
    assert ready.count("{{") == ready.count("}}")
    assert "<" not in ready
    text = plain_text(wikitext, HIDDEN)
    if "nowiki" not in wikitext:
        assert not any(mark in text for mark in ("{{", "}}", "[[", "]]"))


@given(
    titles=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=":\ufffe\uffff")),
        max_size=4,
    ),
    words=st.text(st.characters(categories=["L", "Nd"]), min_size=1),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_titles_and_words_come_back(tmp_path: Path, titles: list[str], words: str) -> None:
    pages = [page(title, revision(words), key=number) for number, title in enumerate(titles)]
    _reading, messages = read(write(tmp_path / "wiki.xml", dump(*pages)))
    assert [one.attributes.get("title", "") for one in messages] == titles
    assert [one.text for one in messages] == [words] * len(titles)


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (dump(page("a", revision("x")))[:-30], r"line \d+: it is cut off"),
        (dump("<page><title>a</page>"), "line 3: it is not XML"),
        (dump("<a>" * 100), "nested too deeply"),
        (dump("<!-- " + "x" * (17 << 20)), "nothing ends"),
        (dump("<page><title>&a;</title></page>"), "not XML"),
        ('<?xml version="1.0" encoding="shift-jis-x"?>' + dump(), "not XML"),
    ],
)
def test_a_broken_dump_is_one_sentence(tmp_path: Path, content: str, what: str) -> None:
    with pytest.raises(Unreadable, match=what):
        read(write(tmp_path / "wiki.xml", content))


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnExport):
        read(write(tmp_path / "wiki.xml", BOMB + dump(page("a", revision("x")))))
    declared = "<mediawiki>".join(["", BOMB]) + dump()
    with pytest.raises(Unreadable, match=r"not XML|document type"):
        read(write(tmp_path / "other.xml", declared))


def test_a_page_of_absurd_length_is_left_out(tmp_path: Path) -> None:
    path = write(
        tmp_path / "wiki.xml", dump(page("long", revision("word " * LONGEST)), page("b", revision("x")))
    )
    reading, [one] = read(path)
    assert one.text == "x"
    assert dict(reading.dropped.counts) == {"a page of absurd length": 1}


@pytest.mark.parametrize(
    "content", ["<html><body>", "<?xml version='1.0'?><rss/>", "mediawiki", "<mediawikix>"]
)
def test_other_xml_is_left_alone(tmp_path: Path, content: str) -> None:
    with pytest.raises(NotAnExport):
        recognise(write(tmp_path / "wiki.xml", content))


def test_every_seed_is_read(tmp_path: Path) -> None:
    for number, path in enumerate(exports.seeds(tmp_path)):
        assert check(path, number, tmp_path / f"w{number}") > 0, path


@pytest.mark.parametrize(("pattern", "count", "redirects"), [("enwiki*", 106, 99), ("bgwiki*", 1, 0)])
def test_real_dumps(shared_data: Path, pattern: str, count: int, redirects: int) -> None:
    [path] = (shared_data / "wikipedia_dump_sample").glob(pattern)
    reading, messages = read(path)
    assert len(messages) == count
    assert reading.dropped.counts["a redirect"] == redirects
    assert len(messages) + len(reading.dropped) == {"enwiki*": 206, "bgwiki*": 3}[pattern]
    for mark in ("{{", "}}", "[[", "]]", "<ref", "{|", "''", "Category:", "Категория:"):
        assert not [one.attributes["title"] for one in messages if mark in one.text], mark
