"""Documents that the rules baseline reads."""

from __future__ import annotations

from helpers.rules import fields, read


def test_documents_need_a_number_or_a_title() -> None:
    """A numbered document is read with its date and issuer; a generic mention is not read."""
    report = read(
        "Xã triển khai Chỉ thị số 12-CT/HU, ngày 3/4/2019 của Huyện ủy Di Linh về tăng cường "
        "công tác dân vận. Xã cũng lập kế hoạch năm 2020."
    )
    assert fields(report["documents"], "kind", "number", "issued", "issuers") == [
        ("directive", "12-CT/HU", "2019-04-03", ["Huyện ủy Di Linh"])
    ]


def test_parties_of_a_programme_are_its_issuers() -> None:
    """A programme between two bodies is read with both as issuers and with its title and period."""
    report = read(
        "Hai bên ký Chương trình phối hợp giữa Công an huyện và Hội Phụ nữ huyện "
        "về phòng, chống tội phạm giai đoạn 2016-2020."
    )
    assert fields(report["documents"], "kind", "number", "issuers", "period") == [
        ("programme", None, ["Công an huyện", "Hội Phụ nữ huyện"], "2016/2020")
    ]
    assert report["documents"][0]["title"] == "phòng, chống tội phạm"
