"""The mutants of a module: one for each operator at each place in its syntax tree.

Strings, annotations, unions of types, decorators and code for type checkers are not changed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Mutant:
    """A change at one place in a module."""

    path: str
    """The path of the module relative to the package, such as ``scoring/metrics.py``."""
    scope: str
    """The function or class that contains the place; empty at the top level of the module."""
    operator: str
    before: str
    after: str
    occurrence: int
    """Number of the change among equal changes in the scope, counted from 1."""
    number: int
    """Index of the change in the module, counted from 0."""
    lines: tuple[int, int]
    """First and last line of the statement, without the body of a compound statement."""
    runs_at_import: bool

    @property
    def key(self) -> str:
        """The mutant's name, which stays the same when other code changes."""
        again = f" (#{self.occurrence})" if self.occurrence > 1 else ""
        return f"{self.path} {self.scope or '-'}: {self.operator}: {self.change}{again}"

    @property
    def change(self) -> str:
        """The change, on one line."""
        return f"`{self.before}` → `{self.after}`" if self.after else f"without `{self.before}`"


@dataclass(frozen=True)
class _Place:
    """A field of a syntax-tree node, with its context."""

    parent: ast.AST
    field: str
    index: int | None
    scope: str
    function: Function | None
    statement: ast.stmt

    @property
    def node(self) -> ast.AST:
        value = getattr(self.parent, self.field)
        return value if self.index is None else value[self.index]

    def put(self, node: ast.AST) -> None:
        """Replace the node."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


Change = tuple[str, ast.AST, ast.AST | None, Callable[[], None]]
"""The operator, the node before and after, and the function that makes the change."""


def mutants_of(path: str, source: str) -> list[Mutant]:
    """Return all mutants of a module."""
    seen: Counter[tuple[str, ...]] = Counter()
    mutants: list[Mutant] = []
    for place, (operator, old, new, _) in _changes(ast.parse(source)):
        before, after = ast.unparse(old), ast.unparse(new) if new else ""
        mutant = Mutant(
            path,
            place.scope,
            operator,
            before,
            after,
            occurrence=1,
            number=len(mutants),
            lines=_lines(place.statement),
            runs_at_import=place.function is None or _is_default(place),
        )
        same = (place.scope, operator, before, after)
        seen[same] += 1
        mutants.append(replace(mutant, occurrence=seen[same]))
    return mutants


def mutated(source: str, number: int) -> ast.Module:
    """Return the syntax tree of a module with one of its mutants applied."""
    tree = ast.parse(source)
    make = next(change[3] for i, (_, change) in enumerate(_changes(tree)) if i == number)
    make()
    return ast.fix_missing_locations(tree)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    body = getattr(statement, "body", None)
    return first, max(first, body[0].lineno - 1) if body else last


def _changes(tree: ast.Module) -> Iterator[tuple[_Place, Change]]:
    """Yield each possible change to a tree in a fixed order, without making it."""
    for place in _places(tree, "", None, None):
        for change in _changes_at(place):
            yield place, change


def _places(
    parent: ast.AST, scope: str, function: Function | None, statement: ast.stmt | None
) -> Iterator[_Place]:
    for field, value in ast.iter_fields(parent):
        if _is_left_alone(parent, field):
            continue
        listed = isinstance(value, list)
        for index, node in enumerate(value) if listed else [(None, value)]:
            if not isinstance(node, ast.AST):
                continue
            own = node if isinstance(node, ast.stmt) else statement
            inner_scope, inner_function = scope, function
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                inner_scope = f"{scope}.{node.name}".lstrip(".")
            if isinstance(node, Function):
                inner_function = node
            if own is not None:
                yield _Place(parent, field, index, inner_scope, inner_function, own)
            yield from _places(node, inner_scope, inner_function, own)


def _is_left_alone(parent: ast.AST, field: str) -> bool:
    match parent:
        case ast.JoinedStr():
            return True
        case ast.If():
            return ast.unparse(parent.test) == "TYPE_CHECKING"
        case ast.Call(func=ast.Name("isinstance" | "cast" | "TypeVar")):
            return True
    return field in {"annotation", "returns", "decorator_list", "bases", "type_params"}


def _changes_at(place: _Place) -> Iterator[Change]:
    """Yield the change that each applicable operator makes to a node."""
    match place.node:
        case ast.stmt() as node:
            yield from _statement_changes(place, node)
        case ast.Compare() as node:
            yield from _comparisons(node)
        case ast.BoolOp() as node:
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield _change(place, "and/or", ast.BoolOp(other, node.values))
        case ast.UnaryOp(ast.Not(), operand):
            yield _change(place, "not", operand)
        case ast.UnaryOp(ast.USub(), operand):
            yield _change(place, "sign", operand)
        case ast.BinOp(left, operator, right) if _is_arithmetic(place):
            yield _change(place, "arithmetic", ast.BinOp(left, ARITHMETIC[type(operator)](), right))
        case ast.Constant(bool() | int() | float() as value):
            other_value = (not value) if isinstance(value, bool) else value + 1
            operator = "default" if _is_default(place) else "constant"
            yield _change(place, operator, ast.Constant(other_value))
        case ast.Name(id=name) if name in FUNCTIONS:
            yield _change(place, "function", ast.Name(FUNCTIONS[name], ast.Load()))
    if place.field in {"test", "ifs"}:
        yield from _negations(place)


def _statement_changes(place: _Place, node: ast.stmt) -> Iterator[Change]:
    """Yield changes to the operator or value of a statement, and its removal."""
    match node:
        case ast.AugAssign(target, operator, value) if type(operator) in ARITHMETIC:
            other = ast.AugAssign(target, ARITHMETIC[type(operator)](), value)
            yield _change(place, "arithmetic", other)
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant):
            yield _change(place, "return", ast.Return(ast.Constant(None)))
    match node:
        case (
            ast.Raise()
            | ast.Continue()
            | ast.Break()
            | ast.Delete()
            | ast.AugAssign()
            | ast.Assign([ast.Attribute() | ast.Subscript()])
            | ast.Expr(ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom())
        ):
            yield _change(place, "statement", None)


def _is_default(place: _Place) -> bool:
    return place.field in {"defaults", "kw_defaults"}


def _is_arithmetic(place: _Place) -> bool:
    """Return whether an operation is arithmetic: neither on strings nor a top-level union."""
    node = place.node
    assert isinstance(node, ast.BinOp)
    if any(_is_text(side) for side in (node.left, node.right)):
        return False
    is_union = isinstance(node.op, ast.BitOr) and place.function is None
    return type(node.op) in ARITHMETIC and not is_union


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr() | ast.Constant(str()):
            return True
        case ast.BinOp(left, _, right):
            return _is_text(left) or _is_text(right)
    return False


def _comparisons(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        other = COMPARISONS[type(operator)]()
        operators = [*node.ops[:index], other, *node.ops[index + 1 :]]
        after = ast.Compare(node.left, operators, node.comparators)
        yield "comparison", node, after, partial(node.ops.__setitem__, index, other)


def _negations(place: _Place) -> Iterator[Change]:
    """Yield the negation of a condition that no other operator changes."""
    node = place.node
    if not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
        assert isinstance(node, ast.expr)
        yield _change(place, "not", ast.UnaryOp(ast.Not(), node))


def _change(place: _Place, operator: str, node: ast.AST | None) -> Change:
    return operator, place.node, node, partial(place.put, node or ast.Pass())
