"""The tables of a store's spending and reservations.

Tables:

- ``spending``: the total amount spent, in US dollars
- ``reservations``: the highest possible cost of each pending request, if the run has a budget

Call the functions in a transaction.
"""

from __future__ import annotations

from antq_llm.store.sql.database import Database

_HAS_PREFIX = "substr(reservations.key, 1, length(:prefix)) = :prefix"
_COUNT_UNKNOWN_COSTS = f"""
UPDATE spending SET usd = usd + (
    SELECT COALESCE(SUM(reservations.usd), 0) FROM reservations JOIN completions
    ON {{digest}} = substr(reservations.key, length(:prefix) + 1)
    WHERE {_HAS_PREFIX} AND completions.cost_usd IS NULL
)
"""  # noqa: S608 - our own names


def spend(database: Database, usd: float) -> None:
    """Add an amount in US dollars to the amount spent."""
    database.execute("UPDATE spending SET usd = usd + ?", (usd,))


def reserve(database: Database, key: str, usd: float, limit: float) -> bool:
    """Reserve an amount in US dollars, or return False if the total would exceed ``limit``."""
    if sum(used(database)) + usd > limit:
        return False
    database.execute(
        "INSERT INTO reservations VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET usd = excluded.usd",
        (key, usd),
    )
    return True


def settle(database: Database, key: str, usd: float) -> None:
    """Replace a reservation with the amount spent, in US dollars."""
    database.execute("DELETE FROM reservations WHERE key = ?", (key,))
    spend(database, usd)


def release(database: Database, prefix: str) -> None:
    """Release the reservations whose keys start with ``prefix``.

    The rest of a key is the request's digest. If the request was answered without a known cost,
    the reserved amount counts as spent.
    """
    digest = database.dialect.hexadecimal.format(column="completions.digest")
    database.execute(_COUNT_UNKNOWN_COSTS.format(digest=digest), {"prefix": prefix})
    database.execute(f"DELETE FROM reservations WHERE {_HAS_PREFIX}", {"prefix": prefix})  # noqa: S608 - as above


def has_reservations(database: Database, prefix: str) -> bool:
    """Return whether the key of any reservation starts with ``prefix``."""
    query = f"SELECT EXISTS (SELECT 1 FROM reservations WHERE {_HAS_PREFIX})"  # noqa: S608 - as above
    return bool(database.execute(query, {"prefix": prefix}).fetchone()[0])


def used(database: Database) -> tuple[float, float]:
    """Return the amounts spent and reserved, in US dollars."""
    spent, reserved = database.execute(
        "SELECT (SELECT usd FROM spending), (SELECT COALESCE(SUM(usd), 0) FROM reservations)"
    ).fetchone()
    return float(spent), float(reserved)
