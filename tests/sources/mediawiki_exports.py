"""Small dumps of wikis, for the fuzzer to damage."""

import bz2
import gzip
from pathlib import Path
from xml.sax.saxutils import escape

WIKITEXT = """{{Infobox|name=Ann|list={{plainlist|
* one
* two}}}}
[[File:Ann.jpg|thumb|A [[caption]] of ''her'' <ref>no</ref>]]
'''Ann''' ({{IPA|ann}}) is a ''[[Given name|given name]]''<!-- hidden [[ --> of
{{lang|es|[[Ana|Ana]]}}.<ref name="a">{{cite
|title=No}}</ref> She is {{convert|5|km}} away&nbsp;&ndash; see [http://example.org her page], [[Bob]]s.

{| class="wikitable"
! head
|-
| cell [[x]]
|}
== History ==
<blockquote>First<br/>second</blockquote>
* item ''one''
# item two
=== Empty ===
{{reflist}}
== Code ==
<syntaxhighlight lang="python">print("[[no]]")</syntaxhighlight> a &lt; b <nowiki>''kept''</nowiki>
== Links ==
<references />
[[Category:Names|Ann]] [[es:Ana]] [[:Category:Names]]
__NOTOC__
"""
PLAIN = """Ann is a given name of
Ana. She is 5 km away\u00a0– see her page, Bobs.

History

First
second

item one
item two

Code

a < b ''kept''

Links

Category:Names"""
SITE = (
    "<siteinfo><sitename>Wikiñame</sitename><dbname>xxwiki</dbname><namespaces>"
    '<namespace key="0" /><namespace key="1">Talk</namespace><namespace key="6">Archivo</namespace>'
    '<namespace key="14">Categoría</namespace></namespaces></siteinfo>\n'
)


def revision(
    text: str, time: str = "2016-04-30T16:32:49Z", model: str = "wikitext", deleted: str = ""
) -> str:
    """Return one state of a page."""
    return (
        f"<revision><id>7</id><timestamp>{time}</timestamp><contributor><username>Eve</username><id>3</id>"
        f"</contributor><model>{model}</model>"
        f'<text xml:space="preserve"{deleted}>{escape(text)}</text></revision>'
    )


def page(title: str, *revisions: str, key: int = 1, namespace: str = "0", redirect: str = "") -> str:
    """Return a page; a namespace that is empty is not written, as in old dumps."""
    number = f"<ns>{namespace}</ns>" if namespace else ""
    head = f"<title>{escape(title)}</title>{number}<id>{key}</id>{redirect}"
    return f"<page>\n{head}{''.join(revisions)}\n</page>\n"


def dump(*pages: str, site: str = SITE) -> str:
    """Return a dump of pages."""
    start = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="es">\n'
    return start + site + "".join(pages) + "</mediawiki>\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a dump, packed as its name says."""
    data = text.encode(encoding)
    packers = {".bz2": bz2.compress, ".gz": gzip.compress}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packers.get(path.suffix, bytes)(data))
    return path


def every_shape() -> str:
    """Return a dump with a page of every kind."""
    return dump(
        page("Ann", revision(WIKITEXT)),
        page("Anna", revision("#REDIRECT [[Ann]]"), key=2, redirect='<redirect title="Ann" />'),
        page("Ana", revision("#REDIRECCIÓN [[Ann]]"), key=3),
        page("Talk:Ann", revision("no [[x]]"), key=4, namespace="1"),
        page("Talk:Bob", revision("no"), key=5, namespace=""),
        page("Bob: a life", revision("old words"), revision("new ''words''"), key=6, namespace=""),
        page("Data", revision("{}", model="json"), key=7),
        page("Gone", revision("", deleted=' deleted="deleted"'), key=8),
        page("Nothing", revision("{{stub}}"), key=9),
    )


def seeds(folder: Path) -> list[Path]:
    """Write dumps, packed and not; return their paths."""
    text = every_shape()
    hostile = dump(page("x", revision("words {{[[<ref>{|\n" * 50 + "]]}}</ref>|}''[http://a" * 50 + "end")))
    return [
        write(folder / "wiki.xml", text),
        write(folder / "packed" / "wiki.xml.bz2", text),
        write(folder / "packed" / "wiki.xml.gz", text),
        write(folder / "wide" / "wiki.xml", text, "utf-16"),
        write(folder / "hostile" / "wiki.xml", hostile),
    ]
