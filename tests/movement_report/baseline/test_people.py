"""People that the rules baseline reads."""

from __future__ import annotations

from helpers.rules import fields, read


def test_rank_name_and_office_are_a_person() -> None:
    """A rank, a name and the offices after a comma give one person with all the offices."""
    report = read(
        "Tham dự hội nghị có Thiếu tá Phạm Quốc Bình, Ủy viên Ban Thường vụ, "
        "Trưởng Công an huyện Di Linh; lãnh đạo các phòng."
    )
    assert fields(report["people"], "name", "rank", "positions", "roles") == [
        (
            "Phạm Quốc Bình",
            "Thiếu tá",
            ["Ủy viên Ban Thường vụ", "Trưởng Công an huyện Di Linh"],
            ["attendee"],
        )
    ]


def test_office_before_a_name_is_a_person() -> None:
    """An office before a name gives a person, even if the office ends with capitalised words."""
    report = read("Phó Chủ tịch UBND huyện Di Linh Trần Thị Mai chủ trì hội nghị.")
    assert fields(report["people"], "name", "rank", "positions") == [
        ("Trần Thị Mai", None, ["Phó Chủ tịch UBND huyện Di Linh"])
    ]


def test_private_person_is_none() -> None:
    """A person without a rank or office who says nothing is left out."""
    assert read("Gia đình ông Lò Văn Tám ở thôn 4 đã hiến đất làm đường.")["people"] == []


def test_last_of_the_offices_is_that_of_the_name_behind_them() -> None:
    """The last of the offices between two names belongs to the second name."""
    report = read(
        "Sau ông Lò Văn Bình, Bí thư Huyện ủy, Chủ tịch UBND huyện Trần Thị Mai trao quà."
    )
    assert fields(report["people"], "name", "positions") == [
        ("Lò Văn Bình", ["Bí thư Huyện ủy"]),
        ("Trần Thị Mai", ["Chủ tịch UBND huyện"]),
    ]
