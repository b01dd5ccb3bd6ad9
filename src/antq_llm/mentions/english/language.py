"""The rules for reading English text."""

from __future__ import annotations

import re

from antq_llm.mentions.english.names import read_names
from antq_llm.mentions.english.numbers_and_dates import read_mentions
from antq_llm.mentions.english.possible_dates import possible_dates
from antq_llm.mentions.english.possible_numbers import possible_numbers
from antq_llm.mentions.english.possible_times import possible_times
from antq_llm.mentions.language import Language
from antq_llm.text.lazy_patterns import lazy_re

_BOILERPLATE = lazy_re(
    r"[^\S\n]*(?:related(?: (?:articles?|stories|story|news|topics|content|links|coverage))?|"
    r"read (?:more|also|next)|more (?:stories|news|on this(?: story)?)|see also|also read|"
    r"share this(?: (?:article|story|page|post))?|you (?:may|might) also (?:like|be interested in)|"
    r"recommended(?: for you)?|most (?:read|popular|viewed)|trending(?: now)?|top stories|"
    r"(?:latest|other|further) (?:news|stories|articles)|tags?|comments?|leave a (?:comment|reply)|"
    r"follow us(?: on [^\n]{1,30})?|sign up for [^\n]{1,60}|subscribe(?: to [^\n]{1,60})?)"
    # Sentences may begin with these words too, so only the end of the line or a mark such as a
    # colon may follow them.
    r"[^\S\n]*(?:[:|»›>…–—-][^\n]{0,120})?$",
    re.IGNORECASE | re.MULTILINE,
)
_DURATION = lazy_re(
    r"[\s-]?(?:(?:more|full|long|consecutive|straight|school|working)[\s-])?(?:years?|months?|weeks?|fortnights?|days?|nights?|hours?|hrs?|"
    r"minutes?|mins?|seconds?|secs?|decades?|century|centuries)\b",
    re.IGNORECASE,
)
_AMOUNT_WORDS = lazy_re(
    r"\b(?:(?<!and a )half|halves|halved|thirds?|quarters?|double[ds]?|doubling|twice|thrice|"
    r"(?:tripl|trebl|quadrupl)(?:e[ds]?|ing)|dozens?|scores|couple|pair|several|(?:a|the) few|"
    r"hundreds?|thousands?|millions?|billions?|trillions?|lakhs?|crores?)\b",
    re.IGNORECASE,
)
_RELATIVE_DAYS = lazy_re(
    r"\b(?:yesterday|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend|overnight|"
    r"last night|(?:last|this|next|previous|following) (?:week|day|evening|morning)|"
    r"the day (?:before|after)|(?:day|night)s? (?:ago|earlier|later|before|after))\b",
    re.IGNORECASE,
)
_NEXT_DAY = lazy_re(
    r"\b(?:(?:next|following) (?:day|morning|afternoon|evening|night)|the day after|a day later|"
    r"overnight|(?:after|past) midnight|tomorrow)\b",
    re.IGNORECASE,
)
_SENTENCE_END = lazy_re(
    r"(?<!\b[A-Z])(?<!\b[ap]\.m)(?<!\b[Mm]rs)(?<!\b(?:[MmDS]r|Ms|St|Lt|No))"
    r"(?<!\b(?:Sgt|Col|Gen|Gov|Sen|Rep|Rev|Maj|Adm))(?<!\b(?:Prof|Capt|Supt|Insp))"
    r"(?<!\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))(?<!\bSept)[.!?…]"
    # An abbreviation after a name ends a sentence unless a lower-case word follows.
    r"(?!(?:(?<=\b(?:Jr|Sr|Co|vs)\.)|(?<=\b(?:Inc|Ltd)\.))\s[a-z])(?=\s)|\n"
)

ENGLISH = Language(
    code="en",
    read_mentions=read_mentions,
    read_names=read_names,
    words_in=possible_numbers,
    amount_words=_AMOUNT_WORDS,
    relative_days=_RELATIVE_DAYS,
    next_day=_NEXT_DAY,
    possible_dates=possible_dates,
    possible_times=possible_times,
    boilerplate=_BOILERPLATE,
    duration=_DURATION,
    min_figure_in_words=0,
    sentence_end=_SENTENCE_END,
    meaningful_words=frozenset({"morning", "noon", "afternoon", "evening", "night", "midnight"}),
)
