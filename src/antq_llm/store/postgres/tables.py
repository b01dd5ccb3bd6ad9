"""The tables of a store in PostgreSQL, in a schema named after the run."""

from __future__ import annotations

import hashlib

FORMAT = 1
SCHEMA_PREFIX = "antq_llm_"

# A hash index accepts texts of any length; an exclusion constraint makes it unique.
TABLES = """
CREATE TABLE origins (
    origin BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, asked TEXT NOT NULL,
    EXCLUDE USING hash (asked WITH =)
);
CREATE TABLE completions (
    digest BYTEA PRIMARY KEY, origin BIGINT NOT NULL, article_id TEXT NOT NULL,
    article BYTEA NOT NULL, sample INTEGER NOT NULL, reask BYTEA, answer BYTEA,
    input_tokens BIGINT, output_tokens BIGINT, cached_tokens BIGINT, cost_usd DOUBLE PRECISION,
    received TEXT NOT NULL, rowid BIGINT GENERATED ALWAYS AS IDENTITY
);
ALTER TABLE completions ALTER COLUMN answer SET STORAGE EXTERNAL;
CREATE INDEX completions_by_article ON completions (article);
CREATE INDEX completions_by_article_id ON completions USING hash (article_id);
CREATE TABLE samples (digest TEXT PRIMARY KEY, sample INTEGER NOT NULL);
CREATE TABLE identities (
    identity BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, described TEXT NOT NULL,
    EXCLUDE USING hash (described WITH =)
);
CREATE TABLE calls (
    call BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, started TEXT NOT NULL,
    identity BIGINT NOT NULL
);
CREATE TABLE outcomes (
    outcome BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, identity BIGINT NOT NULL,
    article_id TEXT NOT NULL, article BYTEA, kind TEXT NOT NULL, reason TEXT,
    is_stop BOOLEAN NOT NULL, checks TEXT NOT NULL, dropped INTEGER NOT NULL,
    escalated BOOLEAN NOT NULL, duplicate BOOLEAN NOT NULL,
    input_tokens BIGINT, output_tokens BIGINT, cached_tokens BIGINT, cost_usd DOUBLE PRECISION,
    fingerprint BIGINT NOT NULL, line BYTEA NOT NULL, UNIQUE (identity, article_id)
);
ALTER TABLE outcomes ALTER COLUMN line SET STORAGE EXTERNAL;
CREATE INDEX outcomes_by_article_id ON outcomes USING hash (article_id);
CREATE TABLE listing (
    identity BIGINT NOT NULL, article_id TEXT NOT NULL, call BIGINT NOT NULL, paid_call BIGINT,
    seen BIGINT NOT NULL, position BIGINT NOT NULL, place BIGINT NOT NULL,
    PRIMARY KEY (identity, article_id)
);
CREATE TABLE spending (usd DOUBLE PRECISION NOT NULL);
INSERT INTO spending VALUES (0);
CREATE TABLE reservations (key TEXT PRIMARY KEY, usd DOUBLE PRECISION NOT NULL);
CREATE TABLE forgetting (article_id TEXT PRIMARY KEY);
CREATE TABLE batches (
    name TEXT PRIMARY KEY, base_url TEXT NOT NULL, prepared DOUBLE PRECISION NOT NULL,
    size BIGINT NOT NULL, requests BIGINT NOT NULL, batch TEXT, status TEXT NOT NULL,
    ended DOUBLE PRECISION
);
CREATE TABLE batch_requests (
    digest TEXT PRIMARY KEY, name TEXT, line INTEGER NOT NULL, mode TEXT NOT NULL,
    schema TEXT NOT NULL, model TEXT NOT NULL, asked TEXT NOT NULL, losses INTEGER NOT NULL,
    refused TEXT, error TEXT
);
CREATE INDEX batch_requests_by_name ON batch_requests (name);
CREATE TABLE batch_modes (
    base_url TEXT, schema TEXT, mode TEXT NOT NULL, PRIMARY KEY (base_url, schema)
);
CREATE TABLE store (format INTEGER NOT NULL);
"""
TABLES_WITH_TEXTS = ("completions", "outcomes", "listing", "batch_requests", "forgetting")
"""The names of the tables that contain data about articles."""


def schema_of(run: str) -> str:
    """Return the name of a run's PostgreSQL schema."""
    return SCHEMA_PREFIX + run


def lock_key(*names: str) -> int:
    """Return the 64-bit number of the advisory lock for ``names``."""
    digest = hashlib.sha256("\n".join(("antq_llm", *names)).encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
