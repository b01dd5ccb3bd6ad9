"""The problems of a record, worded for people in the language of the page.

The messages of the checks are written for a model. This module rewords those that it recognises and
leaves the others unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from antq_llm.review.faults import Problem

_NEEDS_VALUE = re.compile(
    r"write (?:a|an|one of|true|at least)\b.*|an empty string says nothing.*|"
    r"a quote is a passage .*|this key is required.*|write a value of type .*",
    re.DOTALL,
)
_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), key)
    for pattern, key in (
        (r"write one of (?P<values>.*)", "says_one_of"),
        (r"the key '(?P<values>.*)' is required", "says_required"),
        (r"write a string that matches .*", "says_form"),
        (r"the article does not contain .*", "says_quote_missing"),
        (r"it refers to an item that is not in the record", "says_no_item"),
        (r"no item of (?P<values>\w+) has the name .*", "says_no_name"),
        (r"an unrelated article has no items.*", "says_unrelated"),
        (r"count and comparator go together.*", "says_together"),
        (r"this does not stand in the article.*", "says_not_printed"),
        (r"the quote does not name this .*", "says_not_in_quote"),
        (r"the article has no such figure.*", "says_no_figure"),
        (r"the quote reads (?P<values>.*): write that value.*", "says_quote_reads"),
        (r"the (?:quote|article) reads (?P<values>.*)", "says_reads"),
        (r"the article has (?P<values>.*): the (?:\w+) is .*", "says_has"),
        (r"the article has no such time.*", "says_no_time"),
        (r"the article prints (?P<values>.*): write that", "says_prints"),
        (r"the publication stamp settles the year: write (?P<values>.*)", "says_year"),
        (r"the article does not print (?P<values>.*): write the period.*", "says_no_period"),
        (r"the article has no such date; it has (?P<values>.*): write .*", "says_other_dates"),
        (r"the article has no such date.*", "says_no_date"),
    )
)


def worded(problem: Problem, words: Mapping[str, str]) -> str:
    """Return a problem's message, replaced by one of ``words`` if it is recognised."""
    message = problem.message
    if message in words:
        return words[message]
    is_empty = problem.given in {None, "null", '""'}
    if problem.severity == "fault" and is_empty and _NEEDS_VALUE.fullmatch(message):
        return words["says_needs_value"]
    for pattern, key in _KNOWN:
        if found := pattern.fullmatch(message):
            return words[key].format(**found.groupdict())
    return message
