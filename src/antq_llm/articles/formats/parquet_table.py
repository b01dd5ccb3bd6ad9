"""Articles in Parquet files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from antq_llm.articles.formats.table_rows import Row, TableProblem
from antq_llm.core.optional_library import import_optional

LIBRARY = "pyarrow"
EXTRA = "inputs"
_BATCH_ROWS = 200


def parquet_rows(
    file: IO[bytes], wanted: Callable[[str], bool], names: Callable[[list[str]], object]
) -> Iterator[Row]:
    """Yield the rows of a Parquet file, with the columns for which ``wanted`` is true.

    ``names`` is called once with the names of all columns. Raises TableProblem if the file cannot
    be read.
    """
    parquet = import_optional("pyarrow.parquet", EXTRA)
    arrow = import_optional("pyarrow", EXTRA)
    try:
        with parquet.ParquetFile(file) as table:
            columns = list(table.schema_arrow.names)
            names(columns)
            number = 0
            chosen = [name for name in columns if wanted(name)]
            for batch in table.iter_batches(batch_size=_BATCH_ROWS, columns=chosen):
                for value in batch.to_pylist():
                    number += 1
                    yield Row(number, value)
    except (arrow.ArrowException, OSError) as error:
        raise TableProblem(f"it cannot be read as Parquet ({error})") from error
