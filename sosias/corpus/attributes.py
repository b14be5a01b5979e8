"""What is known of each message besides its words, for the template `attributes`. Table in, table out.

What an export says of a message is taken; what is missing and can be told from the words is told from them
(`attributes_text`), after stand-ins have replaced names, so that none comes back this way.
"""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.corpus.attributes_names import FIELDS, field_named, value_of
from sosias.corpus.attributes_text import Reader
from sosias.corpus.posts import fact
from sosias.errors import SosiasError

PART = "\x1f"
"""Parts the values of one message; it stands in no chat."""
NAMING = ("entities", "hashtags", "keywords")
"""Fields that may name people: an export's own are not taken where names have stand-ins."""
_numbers = count()


class NoAttributesThere(SosiasError):
    """BigQuery cannot tell moods and subjects: set engine = "duckdb" or "spark" in sosias.toml, or
    attributes = false under [preparation] in persona.toml."""


def told(messages: ir.Table, *, hidden: bool) -> ir.Table:
    """Add `told`: what the export says of each message in the fields' order, in one text.

    `hidden`: names have stand-ins.

    Raises:
        NoAttributesThere: the engine has neither maps nor row functions.
    """
    if not isinstance(messages.attributes, ir.MapValue):
        raise NoAttributesThere
    spellings = _spellings(messages)
    values = []
    for field in FIELDS:
        known = [] if hidden and field in NAMING else spellings.get(field, [])
        facts = [fact(messages, name).nullif("") for name in known]
        values.append(ibis.coalesce(*facts, "") if facts else ibis.literal(""))
    joined = values[0]
    for value in values[1:]:
        joined = joined + PART + value
    return messages.mutate(told=joined)


def _spellings(messages: ir.Table) -> dict[str, list[str]]:
    """Return under which names the messages' attributes have each field."""
    keys = messages.select(key=messages.attributes.keys().unnest()).distinct().order_by("key")
    found: dict[str, list[str]] = {}
    for name in keys.to_pyarrow().column("key").to_pylist():
        if field := field_named(name):
            found.setdefault(field, []).append(name)
    return found


def described(messages: ir.Table, language: str) -> ir.Table:
    """Replace `told` by `facts`: a JSON object of the fields of which something is known.

    The texts go through a row function, on DuckDB and on Spark.
    """
    reader = Reader(language)
    return messages.mutate(facts=_row_function(reader)(messages.text, messages.told)).drop("told")


def _row_function(reader: Reader) -> Callable[..., Any]:
    def facts(text: str, told: str) -> str:
        if not isinstance(text, str) or not isinstance(told, str):  # NULL arrives as NaN on Spark
            return "{}"
        return json.dumps(known(reader, text, told), ensure_ascii=False)

    made: Callable[..., Any] = ibis.udf.scalar.python(name=f"facts_{next(_numbers)}")(facts)
    return made


def known(reader: Reader, text: str, told: str) -> dict[str, str]:
    """Return the fields of one message: what is told of it, else what its words tell."""
    own = {field: value_of(field, value) for field, value in zip(FIELDS, told.split(PART), strict=False)}
    read = reader.attributes(text)
    both = {field: own.get(field) or read.get(field, "") for field in FIELDS}
    return {field: value for field, value in both.items() if value}
