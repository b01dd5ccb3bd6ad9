"""The card that turns a folder of Parquet files into a Hugging Face dataset.

Each table is a configuration of the dataset; see
https://huggingface.co/docs/hub/datasets-manual-configuration.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from antq_llm.tables.table import Table

CARD = "README.md"


def write_dataset_card(tables: Sequence[Table], folder: Path) -> None:
    """Write the card for a folder that contains a file ``TABLE.parquet`` for each table."""
    configs = [
        {"config_name": table.name, "data_files": f"{table.name}.parquet"}
        | ({"default": True} if table is tables[0] else {})
        for table in tables
    ]
    head = yaml.safe_dump({"configs": configs}, allow_unicode=True, sort_keys=False)
    rows = "".join(f"| {table.name} | {table.rows} | {table.description} |\n" for table in tables)
    text = (
        f"---\n{head}---\n\n# Records extracted by antq-llm\n\n"
        "`tables.json` describes each column.\n\n"
        f"| table | rows | contents |\n| --- | --- | --- |\n{rows}"
    )
    (folder / CARD).write_text(text, "utf-8")
