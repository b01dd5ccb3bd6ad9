"""Encodings from before Unicode: decoded if identified with certainty and refused otherwise."""

from __future__ import annotations

import unicodedata

import pytest

from antq_llm.articles.decoding import decode
from antq_llm.articles.legacy_encodings import _TCVN3, _VISCII
from antq_llm.errors import ArticleError

TEXT = (
    "Sáng ngày 12/9, Ủy ban nhân dân xã Tân Lâm tổ chức hội nghị sơ kết "
    "phong trào bảo vệ an ninh Tổ quốc. Các đại biểu đánh giá cao kết quả của lực lượng công an."
)
TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_table(text: str, table: dict[int, str]) -> bytes:
    """Return a text encoded with a table of bytes and their characters."""
    back = {character: byte for byte, character in table.items()}
    return bytes(
        back.get(character, ord(character) if character.isascii() else 63) for character in text
    )


def in_1258(text: str) -> bytes:
    """Return a text in windows-1258, in which tones are separate characters."""
    data = b""
    for character in text:
        decomposed = unicodedata.normalize("NFD", character)
        base = unicodedata.normalize(
            "NFC", "".join(mark for mark in decomposed if mark not in TONES)
        )
        data += (base + "".join(mark for mark in decomposed if mark in TONES)).encode("cp1258")
    return data


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        in_table(TEXT, _VISCII),
        in_table(TEXT, _TCVN3),
        in_1258(TEXT),
    ],
    ids=[
        "utf-8",
        "utf-8 with mark",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "VISCII",
        "TCVN3",
        "windows-1258",
    ],
)
def test_vietnamese_is_read_in_its_encoding(data: bytes) -> None:
    """Each encoding of a Vietnamese text gives the same text after NFC normalisation."""
    assert unicodedata.normalize("NFC", decode(data, "a.txt")) == TEXT


# Bytes and letters from RFC 1456 and TCVN 5712, as iconv reads them.
@pytest.mark.parametrize(
    ("table", "data", "letters"),
    [
        (_VISCII, b"\xc0\xc1\xd5\xf0\xff\x02", "ÀÁạđỮẲ"),
        (_TCVN3, b"\xb5\xb8\xb9\xae\xd6\xa7", "àáạđệĐ"),
    ],
    ids=["VISCII", "TCVN3"],
)
def test_tables_follow_their_standards(table: dict[int, str], data: bytes, letters: str) -> None:
    """The tables map bytes to the letters of their standards."""
    assert data.decode("latin-1").translate(table) == letters


@pytest.mark.parametrize(
    "data",
    [
        "déjà vu à la crème brûlée, naïve façade".encode("latin-1"),
        "Привет мир".encode("cp1251"),
        in_table("Tân Lâm", _VISCII),
    ],
)
def test_an_uncertain_encoding_is_refused(data: bytes) -> None:
    """A text in another language or of too few words raises an error that names the best guess."""
    with pytest.raises(ArticleError, match="the best guess is"):
        decode(data, "a.txt")
