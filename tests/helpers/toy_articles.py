"""Three articles for the toy schema, and their gold records with a value for every role."""

from __future__ import annotations

import json
from typing import Any

from helpers.endpoint import Reply
from helpers.toy import act, fair, guest, saying, show, stall

_TEXT = """{town} Fair Gazette
5 April 2024, 09:30

Ms {first} with badge Gold opened the fair. Mr {second} with badge Tin thanked her. \
The concert of 3 April 2024 had a march and a waltz. \
It was part of the season from 1 March 2024 to 31 May 2024. \
There were {fruit} fruit stalls, more than {flower} flower stalls and 3 of 8 bread stalls. \
{first} said the fair was a joy for all who came. The band played late into the evening.
"""
UNUSED = " The band played late into the evening."
_VALUES: dict[str, dict[str, Any]] = {
    "a": {"town": "Spring", "first": "Ann Reed", "second": "Bob Lake", "fruit": 12, "flower": 30},
    "b": {"town": "Oldham", "first": "Cora Moss", "second": "Dan Hill", "fruit": 14, "flower": 40},
    "c": {"town": "Whitby", "first": "Eva Stone", "second": "Finn Gray", "fruit": 17, "flower": 50},
}


def _gold(town: str, first: str, second: str, fruit: int, flower: int) -> dict[str, Any]:
    return fair(
        source=f"{town} Fair Gazette",
        mood="joyful",
        stamp={"date": "2024-04-05", "time": "09:30", "quote": "5 April 2024, 09:30"},
        guests=[
            guest(first, f"Ms {first} with badge Gold", badge="Gold"),
            guest(second, f"Mr {second} with badge Tin", badge="Tin", friends=[first]),
        ],
        shows=[
            show(
                "The concert of 3 April 2024 had a march and a waltz",
                act("March", "a march", "best"),
                act("Waltz", "a waltz"),
                day="2024-04-03",
                season="2024-03-01/2024-05-31",
            )
        ],
        stalls={
            "row": [
                stall(fruit, f"{fruit} fruit stalls", "fruit"),
                stall(flower, f"more than {flower} flower stalls", "flower", comparator=">"),
                stall(3, "3 of 8 bread stalls", "bread", total=8),
            ]
        },
        sayings=[saying(first, "the fair was a joy for all who came")],
    )


TEXTS = {name: _TEXT.format(**values) for name, values in _VALUES.items()}
GOLD = {name: _gold(**values) for name, values in _VALUES.items()}


def article_of(body: dict[str, Any]) -> str:
    """Return the id of the article that a request is about."""
    messages = json.dumps(body["messages"])
    return next(name for name, values in _VALUES.items() if values["first"] in messages)


def reply(record: Any) -> Reply:
    """Return a reply with a record."""
    return Reply(json.dumps(record))


def ideal_model(body: dict[str, Any]) -> Reply:
    """Answer a request with the gold record of its article."""
    return reply(GOLD[article_of(body)])
