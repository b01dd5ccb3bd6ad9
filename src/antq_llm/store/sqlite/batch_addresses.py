"""Masking the endpoint addresses that earlier versions stored unmasked."""

from __future__ import annotations

from antq_llm.core.masking import masked_url
from antq_llm.store.sqlite.tables import SqliteDatabase


def mask_addresses(database: SqliteDatabase) -> None:
    """Mask all endpoint addresses that are stored unmasked."""
    stored = database.execute("SELECT base_url FROM batches UNION SELECT base_url FROM batch_modes")
    changed = [(masked_url(url), url) for (url,) in stored.fetchall() if masked_url(url) != url]
    if not changed:
        return
    with database.transaction():
        database.executemany("UPDATE batches SET base_url = ? WHERE base_url = ?", changed)
        database.executemany(
            "UPDATE OR REPLACE batch_modes SET base_url = ? WHERE base_url = ?", changed
        )
