"""The options for reading files as articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from antq_llm.articles.metadata import MetadataUse
from antq_llm.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """The table fields that the caller names, and whether metadata is read.

    Fields that are not named are guessed. Raises ConfigurationError for an unknown value of
    ``metadata`` and for options that contradict each other.
    """

    text_field: str | None = None
    id_field: str | None = None
    title_field: str | None = None
    date_field: str | None = None
    keep: tuple[str, ...] = ()
    """Further fields to keep in the metadata."""
    metadata: MetadataUse = "use"
    """``use`` reads metadata; ``ignore`` reads only the text or, for a page, only its main text."""

    def __post_init__(self) -> None:
        if self.metadata not in {"use", "ignore"}:
            raise ConfigurationError(
                f"unknown value {self.metadata!r} for metadata: choose 'use' or 'ignore'"
            )
        if self.metadata == "ignore" and (self.title_field or self.date_field or self.keep):
            raise ConfigurationError(
                "title_field, date_field and keep cannot be used with metadata=ignore: give either "
                "metadata=ignore or the fields"
            )

    @property
    def uses_metadata(self) -> bool:
        """Whether metadata is read."""
        return self.metadata == "use"

    def named_fields(self) -> tuple[str, ...]:
        """Return the fields that the caller names."""
        names = (self.text_field, self.id_field, self.title_field, self.date_field, *self.keep)
        return tuple(name for name in names if name is not None)


def options_from_settings(settings: Mapping[str, Any]) -> ReadingOptions:
    """Return the options with which a run read its articles, from the settings in its run.json.

    If the settings were written before metadata was supported, metadata is ignored.
    """
    values = {
        field.name: settings[field.name]
        for field in fields(ReadingOptions)
        if field.name in settings
    }
    return ReadingOptions(**{"metadata": "ignore", **values, "keep": tuple(values.get("keep", ()))})
