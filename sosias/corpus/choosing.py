"""Which messages count, and whose are the persona's: an author's, or those that an expression selects."""

import re
from typing import Any

import ibis.expr.types as ir
from sqlglot import expressions as sql
from sqlglot import parse_one
from sqlglot.expressions import Bracket, Column, Expression, column

from sosias.corpus.attributes_people import with_people
from sosias.corpus.engine import no_messages, read_messages
from sosias.corpus.engine_duckdb import DuckDB
from sosias.corpus.posts import fact
from sosias.errors import SosiasError
from sosias.language import translate as _
from sosias.messages import MESSAGE_SCHEMA
from sosias.settings import PersonaSettings
from sosias.sources.people import names
from sosias.workspace import Workspace


class BadWhere(SosiasError):
    """The expression {where} cannot be used on the messages ({what}): it is a condition in SQL on the
    columns {columns}, an attribute being written as in attributes['party'] = 'UDI'."""


class EmptyWhere(SosiasError):
    """The expression that selects the messages is empty: it is a condition in SQL, such as author = 'Ana'."""


class NothingSelected(SosiasError):
    """The expression {where} selects none of the {messages} messages: see with sosias look and sosias
    messages what there is."""


SELECTING = (sql.Query, sql.Table, sql.From)
"""What an expression has of a query of its own: a way out of the messages, to files and other tables."""
REACHING = re.compile(
    r"(?i)read_|.*_scan$|scan_|parquet_|sniff_|glob$|query|duckdb_|pragma_|getenv|getvariable"
    r"|current_setting|which_secret|java_method|reflect|try_reflect"
)
"""Functions of DuckDB and Spark that look beyond the messages or run something else."""


def check_where(workspace: Workspace, where: str) -> int | None:
    """Return how many messages of a workspace an expression selects; None: there are no messages yet.

    Raises:
        EmptyWhere, BadWhere: it cannot be used on the messages, or could not on any.
        NoPeopleTable: the workspace's table of people cannot be read.
    """
    if not where.strip():
        raise EmptyWhere
    files, known, engine = workspace.message_files(), names(workspace), DuckDB()
    messages = read_messages(files, known, engine) if files else no_messages()
    if files:
        messages = with_people(messages, workspace, known, engine)
    conditions = _condition(messages, where, "all_messages")
    try:
        selected = conditions._condition.cast("int64").sum().to_pyarrow().as_py()
    except Exception as error:  # the engine's own sentence may quote a message
        raise _bad(
            where, _("a value in the messages is not what it takes; try_cast reads what it can")
        ) from error
    return int(selected or 0) if files else None


def check_selection(workspace: Workspace, where: str) -> None:
    """See whether an expression can select a persona's messages.

    Raises:
        EmptyWhere, BadWhere: as `check_where`.
        NothingSelected: there are messages, and it selects none of them.
    """
    if check_where(workspace, where) == 0:
        all_messages = read_messages(workspace.message_files()).count().to_pyarrow().as_py()
        raise NothingSelected(where=where, messages=all_messages)


def narrowed(messages: ir.Table, where: str | None) -> ir.Table:
    """Return the messages that an expression selects, all where there is none.

    Raises:
        BadWhere: it cannot be used.
    """
    if where is None:
        return messages
    conditions = _condition(messages, where, "all_messages")
    return conditions.filter(conditions._condition).select(*messages.columns)


def mark_persona(messages: ir.Table, settings: PersonaSettings) -> ir.Table:
    """Add `persona`: written by the one who is imitated (an author, or an SQL expression).

    Raises:
        BadWhere: the expression cannot be used.
    """
    if settings.where is None:
        return messages.mutate(persona=(messages.author == settings.author).fill_null(False))
    return _condition(messages, settings.where, "chosen_messages").rename(persona="_condition")


def _condition(messages: ir.Table, where: str, name: str) -> ir.Table:
    """Add `_condition`, never NULL; `name` is what the query calls the messages, each one otherwise.

    Expressions are DuckDB's; for other engines they are translated.
    """
    try:
        beyond = _beyond(where)
    except Exception as error:  # sqlglot's errors of reading, of depth, of a sign it does not know
        raise _bad(where, str(error).splitlines()[0]) from error
    if beyond:
        raise _bad(where, _("it may look at the messages alone, and at no file, table or query beside them"))
    try:
        if isinstance(messages.attributes, ir.MapValue):
            table, expression = messages, where
        else:
            table, expression = _with_facts(messages, where)
        query = f"SELECT *, coalesce(({expression}\n), false) AS _condition FROM {name}"
        dialect = None if messages.get_backend().name == "duckdb" else "duckdb"
        found: Any = table.alias(name).sql(query, dialect=dialect)
    except Exception as error:  # each engine has kinds of its own for a name or a type that is wrong
        raise _bad(where, str(error).splitlines()[0]) from error
    if not found._condition.type().is_boolean():
        raise _bad(where, _("it is neither true nor false"))
    return found.select(*messages.columns, "_condition")


def _beyond(where: str) -> bool:
    """Would an expression look at anything but the messages: another table, a file, the machine?

    It may be read from a `persona.toml` that somebody else wrote.
    """
    query = parse_one(f"SELECT (({where}\n))", read="duckdb")
    if not isinstance(query, sql.Select) or len(query.expressions) != 1:
        return True
    nodes = list(query.walk())
    functions = [node for node in nodes if isinstance(node, sql.Func)]
    names = [one.name if isinstance(one, sql.Anonymous) else one.sql_name() for one in functions]
    others = any(isinstance(node, SELECTING) for node in nodes if node is not query)
    return others or any(REACHING.match(name) for name in names)


def _with_facts(messages: ir.Table, where: str) -> tuple[ir.Table, str]:
    """Make a column of each attribute that an expression names, where attributes are no map."""
    columns: dict[str, ir.StringValue] = {}

    def named(node: Expression) -> Expression:
        if not (isinstance(node, Bracket) and isinstance(node.this, Column)):
            return node
        [key] = node.expressions
        if node.this.name != "attributes" or not key.is_string:
            return node
        columns[f"_fact_{len(columns)}"] = fact(messages, key.this)
        return column(list(columns)[-1])

    expression = parse_one(where, read="duckdb").transform(named).sql("duckdb")
    return messages.mutate(**columns), expression


def _bad(where: str, what: str) -> BadWhere:
    return BadWhere(where=where, what=what, columns=", ".join(MESSAGE_SCHEMA.names))
