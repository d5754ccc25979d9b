"""From a model and its parameters to a table: concrete facts, and the rows that can be met."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from hklint.fact import Fact, RegistryKey, RegistryName, RegistryValue, View, WebRequest
from hklint.language import is_registry_path
from hklint.language.placeholders import fill, fill_tree, names_in
from hklint.messages import quoted
from hklint.model import (
    FactInput,
    Input,
    Model,
    ModelInput,
    RequestInput,
    Row,
    Scalar,
    Table,
    TableInput,
    case_names,
)
from hklint.url import is_https_url


class BindError(Exception):
    """A model can't be used with these parameters; the message says why, `argument` which."""

    def __init__(self, argument: str, message: str) -> None:
        self.argument = argument
        super().__init__(message)


Bound = dict[tuple[str, frozenset[tuple[str, Scalar]]], Table]
"""Tables by their model and parameters."""


def bind(model: Model, arguments: Mapping[str, Scalar], bound: Bound | None = None) -> Table:
    """The table of a model for these parameters, its inner models bound as well.

    Inputs that no row is about with these parameters are left out: nobody need ask for them. What
    is in `bound` is used again, and what is not is put there.

    Raises BindError when a parameter is missing, unknown, or has a value that the model does not
    know, when a key would have no path, and when a request would not go to an https URL.
    """
    bound = {} if bound is None else bound
    place = (model.id, frozenset(arguments.items()))
    if place not in bound:
        bound[place] = _bind(model, arguments, bound)
    return bound[place]


def _bind(model: Model, arguments: Mapping[str, Scalar], bound: Bound) -> Table:
    for mistake in misfits(model, arguments):
        raise mistake
    rows = tuple(row for row in model.rows if _can_be_met(row.when, arguments))
    named = {name for row in rows for name in _inputs_named(row)}
    return Table(
        model,
        fill(model.subject, arguments) or model.title,
        arguments,
        tuple(
            TableInput(item, _asks(item, arguments, bound), _allows(item, rows))
            for item in model.inputs
            if item.name in named
        ),
        rows,
    )


def _allows(item: Input, rows: tuple[Row, ...]) -> dict[str, int]:
    """The rows that each case of an input leaves possible, as bits in their order."""
    names = case_names(item)
    return {
        name: sum(
            1 << place for place, row in enumerate(rows) if name in row.when.get(item.name, names)
        )
        for name in names
    }


def _inputs_named(row: Row) -> Iterator[str]:
    """What a row looks at, and what its sentence speaks of."""
    yield from row.when
    yield from (name.partition(".")[0] for name in names_in(row.because))


def misfits(model: Model, arguments: Mapping[str, Scalar]) -> Iterator[BindError]:
    """Every argument that is missing, unknown, or has a value that the model does not know."""
    yield from strangers(model, arguments)
    for name, value in arguments.items():
        mistake = misfit(model, name, value)
        if mistake is not None:
            yield mistake


def strangers(model: Model, names: Iterable[str]) -> Iterator[BindError]:
    """Every parameter of the model that is not among the names, and every name that is none."""
    given = list(names)
    for name in given:
        if name not in model.parameters:
            known = ", ".join(model.parameters) or "none"
            message = f"model {model.id} has no parameter {quoted(name)} (it has: {known})"
            yield BindError(name, message)
    for name in model.parameters:
        if name not in given:
            yield BindError("", f"model {model.id} needs the parameter {quoted(name)}")


def misfit(model: Model, name: str, value: Scalar) -> BindError | None:
    """What is wrong with the value of one parameter, if anything."""
    allowed = model.parameters.get(name)
    if allowed is None or value in allowed:
        return None
    words = ", ".join(map(str, allowed))
    return BindError(name, f"model {model.id}: {name} can't be {quoted(value)}, only: {words}")


def _can_be_met(when: Mapping[str, frozenset[str]], arguments: Mapping[str, Scalar]) -> bool:
    return all(str(arguments[name]) in names for name, names in when.items() if name in arguments)


def _asks(item: Input, arguments: Mapping[str, Scalar], bound: Bound) -> Fact | Table:
    match item:
        case FactInput(fact=RegistryValue() as fact):
            view = cast("View", fill(fact.view, arguments))
            value = fill(fact.value, arguments)
            return RegistryValue(fact.hive, _key(fact, arguments), value, view)
        case FactInput(fact=RegistryName() as fact):
            view = cast("View", fill(fact.view, arguments))
            value = fill(fact.value, arguments)
            return RegistryName(fact.hive, _key(fact, arguments), value, view)
        case FactInput(fact=RegistryKey() as fact):
            view = cast("View", fill(fact.view, arguments))
            return RegistryKey(fact.hive, _key(fact, arguments), view)
        case FactInput(fact=fact):
            return fact
        case RequestInput(fact=fact):
            uri = fill(fact.uri, arguments)
            if not is_https_url(uri):
                raise BindError("", f"{quoted(uri)} is no https:// URL that can be requested")
            return WebRequest(uri, fact.way)
        case ModelInput():
            inner = {name: _filled(value, arguments) for name, value in item.arguments.items()}
            return bind(item.model, inner, bound)


def _key(fact: RegistryValue | RegistryName | RegistryKey, arguments: Mapping[str, Scalar]) -> str:
    key = fill(fact.key, arguments)
    path = f"{fact.hive}\\{key}"
    if not is_registry_path(path):
        raise BindError("", f"{quoted(path)} is no path of a registry key")
    return key


def _filled(value: Scalar, arguments: Mapping[str, Scalar]) -> Scalar:
    filled = fill_tree(value, arguments)
    assert isinstance(filled, int | str)
    return filled
