"""What content checks look at: documents without errors, with what they link to."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from hklint import language, policy
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.documents.rewrite import Edits
from hklint.model import Model
from hklint.span import Diagnostic

MAX_LOOKED_AT = 1000
"""Characters of a text that are searched, where that may take quadratic time."""


class PolicyFile(msgspec.Struct, frozen=True):
    """A policy as it is written, and as it is linked with the defaults of its parameters."""

    document: Document
    shape: language.Policy
    linked: policy.Policy


class ModelFile(msgspec.Struct, frozen=True):
    """A model as it is written, and as it is linked."""

    document: Document
    shape: language.Model
    linked: Model


class Scope(msgspec.Struct, frozen=True):
    """The policies and models that are linted together, and all models that are known to them."""

    policies: tuple[PolicyFile, ...]
    models: tuple[ModelFile, ...]
    known: Mapping[str, Model]


class Part(msgspec.Struct, frozen=True):
    """A mapping of a document that asks for something: a rule's `expect`, or a model's input."""

    document: Document
    path: DocumentPath
    keys: Mapping[str, Any]
    in_rule: bool

    def warn(
        self, code: Code, message: str, hint: str = "", *, at: DocumentPath, edits: Edits = ()
    ) -> Diagnostic:
        """A warning at a place below this mapping."""
        return warning(self.document, (*self.path, *at), code, message, hint, edits)


def warning(
    document: Document,
    path: DocumentPath,
    code: Code,
    message: str,
    hint: str = "",
    edits: Edits = (),
) -> Diagnostic:
    """A warning at the value of this path."""
    return Diagnostic(document.value_span(path), message, hint, code, edits)


def parts(scope: Scope) -> Iterator[Part]:
    """All that rules and models ask for."""
    for file in scope.policies:
        for number, rule in enumerate(file.shape.rules):
            yield Part(file.document, ("rules", number, "expect"), rule.expect, in_rule=True)
    for model in scope.models:
        for name, item in model.shape.inputs.items():
            yield Part(model.document, ("inputs", name), item, in_rule=False)


def registry_parts(scope: Scope) -> Iterator[tuple[Part, str, str]]:
    """Of these, what asks for the registry: with the key the path stands at, and the path."""
    for part in parts(scope):
        for key in ("registry", "registry_key"):
            if key in part.keys:
                yield part, key, str(part.keys[key])


def rules(scope: Scope) -> Iterator[tuple[Document, DocumentPath, language.Rule]]:
    """Every rule as it is written, with its path."""
    for file in scope.policies:
        for number, rule in enumerate(file.shape.rules):
            yield file.document, ("rules", number), rule


def operands(part: Part) -> Iterator[tuple[DocumentPath, str, object]]:
    """Every operator below a part with its path from the part and its operand, nested ones too."""
    yield from _operands((), part.keys)
    for name, case in part.keys.get("cases", {}).items():
        if isinstance(case, dict):
            yield from _operands(("cases", name), cast("dict[str, object]", case))


def _operands(
    path: DocumentPath, keys: Mapping[str, Any]
) -> Iterator[tuple[DocumentPath, str, object]]:
    for name in language.Operators.__struct_encode_fields__:
        if name not in keys:
            continue
        if name in {"all_of", "any_of"}:
            for number, item in enumerate(keys[name]):
                yield from _operands((*path, name, number), item)
        elif name == "not":
            yield from _operands((*path, name), keys[name])
        else:
            yield (*path, name), name, keys[name]


def texts_of(path: DocumentPath, operand: object) -> Iterator[tuple[DocumentPath, str]]:
    """The texts of an operand, each with its path."""
    if isinstance(operand, str):
        yield path, operand
    elif isinstance(operand, list):
        for number, item in enumerate(cast("list[object]", operand)):
            yield from texts_of((*path, number), item)
