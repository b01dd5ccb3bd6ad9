"""Records of chunks made into one."""

from __future__ import annotations

import pytest

from antq_llm.records.merging import ChunkRecord, merge_records
from antq_llm.schemas.declared_roles import NO_ROLES


@pytest.mark.parametrize(("key", "pointer"), [("a/b", "/a~1b/0"), ("a~b", "/a~0b/0")])
def test_spans_of_lists_with_reserved_names_are_found(key: str, pointer: str) -> None:
    """An item of a list whose key holds a slash or a tilde is merged with its copy by its span."""
    text = "Xã Tân Lâm có 3 tổ."
    chunks = [ChunkRecord({key: [{"quote": quote}]}, {pointer: (0, 10)}) for quote in ("Xã", "xã")]
    merged = merge_records(chunks, NO_ROLES, text)
    assert merged.data == {key: [{"quote": "Xã"}]}
