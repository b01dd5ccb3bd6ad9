"""E-mail and web addresses."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from antq_llm.mentions.web_addresses import read_web_addresses


@pytest.mark.parametrize(
    ("text", "address", "form"),
    [
        ("gửi về ban1@xa.gov.vn.", "ban1@xa.gov.vn", "email"),
        ("xem https://xa.vn/tin-2017-05.html, rồi", "https://xa.vn/tin-2017-05.html", "url"),
        ("(www.tin24.vn)", "www.tin24.vn", "url"),
        ("báo tin24h.com.vn viết", "tin24h.com.vn", "url"),
    ],
)
def test_addresses_with_digits(text: str, address: str, form: str) -> None:
    """An address with digits is read as one code, without the punctuation around it."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.form) == (address, form)


def test_addresses_without_digits_are_left_out() -> None:
    """An address without digits is not a mention."""
    assert read_web_addresses("gửi về ban@xa.gov.vn hoặc www.tin.vn") == []
