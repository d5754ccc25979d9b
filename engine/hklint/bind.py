"""From a model and its parameters to a table: concrete facts, and the rows that can be met."""

from collections.abc import Mapping
from typing import cast

from hklint.fact import HostField, RegistryValue, View, WebRequest
from hklint.model import (
    FactInput,
    Input,
    Model,
    ModelInput,
    RequestInput,
    Scalar,
    Table,
    TableInput,
)
from hklint.placeholders import fill, fill_tree


class BindError(Exception):
    """A model can't be used with these parameters; the message says why."""


def bind(model: Model, arguments: Mapping[str, Scalar]) -> Table:
    """The table of a model for these parameters, its inner models bound as well.

    Raises BindError when a parameter is missing, unknown, or has a value that the model does not
    know.
    """
    _check_arguments(model, arguments)
    return Table(
        model,
        fill(model.subject, arguments) or model.title,
        arguments,
        tuple(TableInput(item, _asks(item, arguments)) for item in model.inputs),
        tuple(row for row in model.rows if _can_be_met(row.when, arguments)),
    )


def _check_arguments(model: Model, arguments: Mapping[str, Scalar]) -> None:
    for name in arguments:
        if name not in model.parameters:
            known = ", ".join(model.parameters) or "none"
            raise BindError(f"model {model.id} has no parameter {name!r} (it has: {known})")
    for name, allowed in model.parameters.items():
        if name not in arguments:
            raise BindError(f"model {model.id} needs the parameter {name!r}")
        if allowed is not None and arguments[name] not in allowed:
            words = ", ".join(map(str, allowed))
            raise BindError(
                f"model {model.id}: {name} can't be {arguments[name]!r}; it is one of {words}"
            )


def _can_be_met(when: Mapping[str, frozenset[str]], arguments: Mapping[str, Scalar]) -> bool:
    return all(str(arguments[name]) in names for name, names in when.items() if name in arguments)


def _asks(
    item: Input, arguments: Mapping[str, Scalar]
) -> RegistryValue | HostField | WebRequest | Table:
    match item:
        case FactInput(fact=RegistryValue() as fact):
            view = cast("View", fill(fact.view, arguments))
            key, value = fill(fact.key, arguments), fill(fact.value, arguments)
            return RegistryValue(fact.hive, key, value, view)
        case FactInput(fact=fact):
            return fact
        case RequestInput(fact=fact):
            return WebRequest(fill(fact.uri, arguments), fact.way)
        case ModelInput():
            inner = {name: _filled(value, arguments) for name, value in item.arguments.items()}
            return bind(item.model, inner)


def _filled(value: Scalar, arguments: Mapping[str, Scalar]) -> Scalar:
    filled = fill_tree(value, arguments)
    assert isinstance(filled, int | str)
    return filled
