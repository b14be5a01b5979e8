"""All matches of a pattern in a text: what Ibis has no operation for, and DuckDB and Spark one function."""

import ibis
import ibis.expr.types as ir


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def regexp_extract_all(text: str, pattern: str, group: int) -> list[str]:
    """The engines' own function; group 0 is the whole match."""
    raise NotImplementedError  # never called: Ibis writes its name into the SQL


def every(text: ir.StringValue, pattern: str) -> ir.ArrayValue:
    """Return all matches, in order.

    The pattern is in what RE2 (DuckDB) and Java (Spark) have in common: `\\x{…}` and `\\p{…}`, no
    looking ahead or back.
    """
    return regexp_extract_all(text, pattern, 0)


def how_many(text: ir.StringValue, pattern: str) -> ir.IntegerValue:
    """Return how often a pattern matches."""
    return every(text, pattern).length()
