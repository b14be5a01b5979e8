"""Tables that several figures are made of: computed once, and kept by the engine."""

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name


def kept(table: ir.Table) -> ir.Table:
    """Compute a table once and keep it in its engine, for as long as the connection lasts."""
    backend = table.get_backend()
    if backend.name != "duckdb":
        return table.cache()
    # what `cache` makes, Ibis 12 cannot drop again: its DROP TABLE is cut short by this sqlglot
    name = gen_name("kept")
    backend.raw_sql(f'CREATE TEMP TABLE "{name}" AS {ibis.to_sql(table, dialect="duckdb")}')
    return backend.table(name)
