"""CSV files."""

from __future__ import annotations

from pathlib import Path

from helpers.exports import exported_record


def test_csv_is_read_by_a_spreadsheet(tmp_path: Path) -> None:
    """A CSV file has a byte-order mark, CR LF line endings and quoted cells where necessary."""
    record = {"text": 'Ông "Bình", ủy viên\nTân Lâm', "yes": True}
    out = tmp_path / "out"
    (row,) = exported_record(tmp_path, "csv", record)["articles"]
    data = (out / "articles.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfarticle_id,source,text,")
    assert '"Ông ""Bình"", ủy viên\nTân Lâm",true'.encode() in data
    assert data.endswith(b"\r\n")
    assert (row["text"], row["yes"]) == (record["text"], "true")
    assert row["cached_tokens"] == ""
