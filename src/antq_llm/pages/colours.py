"""The colours in which pages show the lists of a record, for light and dark screens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colour:
    """The colour of a list: a background for text and a line colour that contrasts with the page.

    Both have a variant for light screens and one for dark screens.
    """

    light_ground: str
    light_line: str
    dark_ground: str
    dark_line: str


LIGHT_INK, LIGHT_PAGE = "#1b1f27", "#ffffff"
DARK_INK, DARK_PAGE = "#eceff4", "#14171d"

COLOURS = (
    Colour("#cfe3fb", "#1f6fc4", "#173b63", "#6db1f7"),
    Colour("#fbe0b8", "#a86400", "#553604", "#f2b45c"),
    Colour("#cdeccf", "#2a7f3a", "#17472a", "#6cc983"),
    Colour("#f3d3ea", "#a8348c", "#551a48", "#ea8fd1"),
    Colour("#dcd6f9", "#6247c9", "#372b6e", "#ac9af7"),
    Colour("#c5ecec", "#0b7a80", "#0c4649", "#52c7cb"),
    Colour("#fbd3cd", "#c0392b", "#5f211a", "#f58e80"),
    Colour("#e6e9b4", "#6b7200", "#3f4305", "#c3ca4e"),
    Colour("#e2d5c9", "#855a34", "#4a3220", "#cfa27a"),
    Colour("#d9dde3", "#59636f", "#39414b", "#a3afbd"),
)


def colour_class(position: int) -> str:
    """Return the colour class of the list at a position; the colours repeat after ten lists."""
    return f"antq-colour-{position % len(COLOURS)}"


def colour_css(scope: str = "") -> str:
    """Return CSS rules that set ``--ground`` and ``--line`` for each colour class.

    ``scope`` is a selector to put before each class, such as ``.antq-output-1``. The
    ``color-scheme`` of an element decides whether the light or the dark colours apply.
    """
    rules = [
        f"{scope} .{colour_class(position)}{{--ground:{colour.light_ground};"
        f"--line:{colour.light_line}}}"
        for position, colour in enumerate(COLOURS)
    ]
    adaptive = [
        f"{scope} .{colour_class(position)}"
        f"{{--ground:light-dark({colour.light_ground},{colour.dark_ground});"
        f"--line:light-dark({colour.light_line},{colour.dark_line})}}"
        for position, colour in enumerate(COLOURS)
    ]
    supported = "@supports (color:light-dark(#000,#fff)){" + "\n".join(adaptive) + "}"
    return "\n".join([*rules, supported]) + "\n"
