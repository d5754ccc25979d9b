"""Pages on models and on the states they come to."""

from collections.abc import Iterator
from typing import assert_never

from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import wrapped
from hklint.language import State
from hklint.model import FactInput, Input, Model, ModelInput, RequestInput


def names(shelf: Shelf) -> dict[str, str]:
    """The models with their titles."""
    return {key: model.title for key, model in shelf.models.items()}


def state_names(shelf: Shelf) -> dict[str, str]:
    """The states of all models with what they mean."""
    return {
        name: state.means if isinstance(state, State) else state
        for model in shelf.models.values()
        for name, state in model.states.items()
    }


def pages(shelf: Shelf, name: str) -> Iterator[str]:
    """A model with its inputs, its states and its table."""
    if name not in shelf.models:
        return
    shape, model = shelf.models[name], shelf.linked("model", name).models[name]
    lines = [f"model {name}: {model.title}", model.span.path]
    if shape.description:
        lines += ["", *wrapped(shape.description)]
    lines.append("")
    for key, allowed in model.parameters.items():
        lines.append(f"Parameter {key}: {' | '.join(map(str, allowed)) if allowed else 'any'}")
    lines += ["", "Inputs"]
    lines += [f"  {item.name}: {_asks(item)}" for item in model.inputs]
    lines += ["", "States"]
    for state in model.states.values():
        doubt = " (in doubt)" if state.doubt else ""
        lines += [f"  {state.name}{doubt}", *wrapped(state.means, "      ")]
    lines += ["", f"Table: every combination meets exactly one of these {len(model.rows)} rows"]
    lines += _rows(model)
    if shape.references:
        lines += ["", "Sources"]
        for item in shape.references:
            lines += [*wrapped(item.title, "  "), f"    {item.url}"]
    yield "\n".join(lines)


def state_pages(shelf: Shelf, name: str) -> Iterator[str]:
    """A page for each model that has a state of this name."""
    for key, shape in shelf.models.items():
        if name not in shape.states:
            continue
        state = shelf.linked("model", key).models[key].states[name]
        doubt = " (in doubt: a rule is unknown)" if state.doubt else ""
        lines = [f"state {name} of model {key}{doubt}", *wrapped(state.means, "  ")]
        if state.next:
            lines += ["", "What to do"]
            lines += [line for step in state.next for line in wrapped(step, "  ")]
        yield "\n".join(lines)


def _asks(item: Input) -> str:
    match item:
        case FactInput():
            cases = ", ".join(case.name for case in item.cases)
            return f"{item.fact} ({item.type}) - {cases}"
        case RequestInput():
            return f"{item.fact} - {', '.join(dict.fromkeys(item.case_of.values()))}"
        case ModelInput():
            return f"state of {item.model.id} - {', '.join(item.model.states)}"
        case _:
            assert_never(item)


def _rows(model: Model) -> Iterator[str]:
    for row in model.rows:
        when = ", ".join(f"{name}: {' | '.join(sorted(words))}" for name, words in row.when.items())
        yield ""
        yield from wrapped(f"{row.number}. {when or 'anything'}", "  ")
        yield f"     -> {row.state}"
        yield from wrapped(row.because, "     ")
