"""Every regular expression of the package, with the ways it is used.

Each call of `re` in the source is accounted for: its expression is evaluated with the names of its module, or found in
what the function around it gives, when it takes no arguments or is among `SAMPLES`. What is left is an error: an
expression that is found by no one is timed by no one.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

Expression = re.Pattern[str] | re.Pattern[bytes]

_FUNCTIONS = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
_USES = dict.fromkeys(("sub", "subn", "split", "findall", "finditer"), "finditer")
_USES |= {name: name for name in ("search", "match", "fullmatch")}
_DEPTH = 4  # of lists in dataclasses in dicts


@dataclass(frozen=True, slots=True)
class Found:
    """One expression: the module and the name or line it stands at, and its uses (see `timing.slowest`)."""

    where: str
    expression: Expression
    uses: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of `re` in a source: the function around it, if any, and the expression's node."""

    line: int
    function: str
    around: ast.AST | None
    name: str
    node: ast.expr
    flags: ast.expr | None


def found(package: str, samples: Mapping[str, Callable[[], object]], written_by_us: frozenset[str]) -> list[Found]:
    """All expressions of a package. `samples` gives by "module:function" what a function with arguments compiles;
    `written_by_us` names those whose expressions come from files of the project's users, who are trusted.

    Raises `LookupError` for a call of `re` whose expression is found nowhere.
    """
    modules = {name: importlib.import_module(name) for name in _modules(package)}
    trees = {name: ast.parse(_source(module)) for name, module in modules.items()}
    receivers = {name: _receivers(tree) for name, tree in trees.items()}
    out: dict[tuple[str | bytes, int, frozenset[str]], Found] = {}
    for name, module in modules.items():
        named = list(_named(module))
        known = {key for key, _ in named}
        for key, expression in named:
            users = [receivers[n] for n, m in modules.items() if m is module or vars(m).get(key) is expression]
            _add(out, f"{name}:{key}", expression, _uses_of(key, users, receivers[name], known))
        for call in _calls(trees[name]):
            place = f"{name}:{call.function}" if call.function else name
            given = _evaluated(call, module)
            if given is None:
                maker = samples.get(place) or _maker(call, module)
                if place in written_by_us:
                    continue
                if maker is None:
                    raise LookupError(
                        f"{name}:{call.line}: no way to the expression of re.{call.name} in {call.function}()"
                    )
                held = list(_held(call.function, maker(), _DEPTH))
                if not held:
                    raise LookupError(f"{place}() gives no expression")
                for key, expression in held:
                    uses = _uses_of(key, [receivers[name]], receivers[name], known)
                    _add(out, f"{place}()", expression, uses)
            elif call.name == "compile":
                if not any(given == expression for _, expression in named):
                    _add(out, f"{name}:{call.line}", given, _uses_of("", [], receivers[name], known))
            else:
                _add(out, f"{name}:{call.line}", given, frozenset({_USES[call.name]}))
    return list(out.values())


def _add(
    out: dict[tuple[str | bytes, int, frozenset[str]], Found], where: str, expression: Expression, uses: frozenset[str]
) -> None:
    out.setdefault((expression.pattern, expression.flags, uses), Found(where, expression, uses))


def _modules(package: str) -> Iterator[str]:
    root = importlib.import_module(package)
    yield package
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not info.name.endswith("__main__"):
            yield info.name


def _source(module: ModuleType) -> str:
    file = Path(module.__file__ or "")
    return file.read_text("utf-8") if file.suffix == ".py" else ""  # what is compiled has its expressions elsewhere


def _named(module: ModuleType) -> Iterator[tuple[str, Expression]]:
    """Expressions of a module by the name they are used by: globals, what is inside them, attributes of its classes,
    and what its functions without arguments keep."""
    for name, value in list(vars(module).items()):
        if isinstance(value, type):
            if value.__module__ == module.__name__:
                for key, inner in list(vars(value).items()):
                    yield from _held(key, inner, 1)
        elif hasattr(value, "cache_info"):
            if value.__module__ == module.__name__ and not value.__wrapped__.__code__.co_argcount:
                yield from _held(name, value(), _DEPTH)
        elif not callable(value) and not name.startswith("__"):
            yield from _held(name, value, _DEPTH)


def _held(name: str, value: object, depth: int) -> Iterator[tuple[str, Expression]]:
    """The expressions in a value, by its name or that of the field they are in."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth == 0 or isinstance(value, str | bytes | int | float):
        return
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _held(name, key, depth - 1)
            yield from _held(name, inner, depth - 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _held(name, inner, depth - 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _held(field.name, getattr(value, field.name, None), depth - 1)


def _receivers(tree: ast.Module) -> dict[str, set[str]]:
    """By the last name before the dot (`_X.sub`, `self.before.match`, `_stems().search`): the methods called."""
    out: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _USES:
            value = node.value.func if isinstance(node.value, ast.Call) else node.value
            value = value.value if isinstance(value, ast.Subscript) else value
            name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
            out[name].add(node.attr)
    return out


def _uses_of(key: str, users: list[dict[str, set[str]]], own: dict[str, set[str]], known: set[str]) -> frozenset[str]:
    """The uses of a name; of one that is handed on those of every receiver in its module that names no expression."""
    uses = {use for receivers in users for use in receivers.get(key, ())}
    if not uses:  # strings are split as well
        uses = {u for name, found in own.items() if name not in known and name != "re" for u in found} - {"split"}
    return frozenset(_USES[use] for use in uses or _USES)


def _calls(tree: ast.Module) -> Iterator[_Call]:
    def walk(node: ast.AST, function: ast.AST | None) -> Iterator[_Call]:
        for child in ast.iter_child_nodes(node):
            inner = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if (
                isinstance(child, ast.Call)
                and isinstance(child.func, ast.Attribute)
                and isinstance(child.func.value, ast.Name)
                and child.func.value.id == "re"
                and child.func.attr in _FUNCTIONS
            ):
                place = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "findall": 2, "finditer": 2}.get(
                    child.func.attr
                )
                flags = next((k.value for k in child.keywords if k.arg == "flags"), None)
                if flags is None and place is not None and len(child.args) > place:
                    flags = child.args[place]
                yield _Call(
                    child.lineno, getattr(function, "name", ""), function, child.func.attr, child.args[0], flags
                )
            yield from walk(child, inner)

    yield from walk(tree, None)


def _evaluated(call: _Call, module: ModuleType) -> Expression | None:
    """The expression of a call whose argument needs nothing but the module's names."""
    names = {n.id for n in ast.walk(call.node) if isinstance(n, ast.Name)}
    if call.around is not None and names & _locals(call.around):
        return None
    try:
        given = eval(compile(ast.Expression(call.node), "?", "eval"), vars(module))  # noqa: S307, our own source
        flags = eval(compile(ast.Expression(call.flags), "?", "eval"), vars(module)) if call.flags else 0  # noqa: S307
    except NameError:
        return None
    return given if isinstance(given, re.Pattern) else re.compile(given, flags)


def _locals(function: ast.AST) -> set[str]:
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}


def _maker(call: _Call, module: ModuleType) -> Callable[[], object] | None:
    value = vars(module).get(call.function)
    plain = getattr(value, "__wrapped__", value)
    if plain is None or not hasattr(plain, "__code__") or plain.__code__.co_argcount:
        return None
    return partial(value)
