"""Content checks: what is allowed in policies and models, but looks wrong.

Each check is a module with one function over what is linted together. All they find are warnings.
They look only at documents without errors, so that a mistake is not told twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document
from hklint.linting.checks import (
    absence_against_prose,
    always_holds,
    contradiction,
    decimal_mask,
    duplicate_rule,
    list_separator,
    no_references,
    numbered_control_set,
    partial_model,
    policy_twin,
    prose_in_name,
    redundant_anchor,
    stray_blank,
    title_form,
    unresolved_token,
    unused_input,
    unused_parameter,
    unwritten_text,
    user_hive,
    why_is_title,
)
from hklint.linting.checks.scope import ModelFile, PolicyFile, Scope
from hklint.model import Model
from hklint.policy import Policy
from hklint.span import Diagnostic

CHECKS: Mapping[Code, Callable[[Scope], Iterator[Diagnostic]]] = {
    Code.STRAY_BLANK: stray_blank.check,
    Code.UNRESOLVED_TOKEN: unresolved_token.check,
    Code.PROSE_IN_NAME: prose_in_name.check,
    Code.NUMBERED_CONTROL_SET: numbered_control_set.check,
    Code.USER_HIVE: user_hive.check,
    Code.POLICY_TWIN: policy_twin.check,
    Code.PARTIAL_MODEL: partial_model.check,
    Code.DUPLICATE_RULE: duplicate_rule.check,
    Code.CONTRADICTION: contradiction.check,
    Code.ALWAYS_HOLDS: always_holds.check,
    Code.NO_REFERENCES: no_references.check,
    Code.WHY_IS_TITLE: why_is_title.check,
    Code.TITLE_FORM: title_form.check,
    Code.REDUNDANT_ANCHOR: redundant_anchor.check,
    Code.LIST_SEPARATOR: list_separator.check,
    Code.DECIMAL_MASK: decimal_mask.check,
    Code.ABSENCE_AGAINST_PROSE: absence_against_prose.check,
    Code.UNUSED_PARAMETER: unused_parameter.check,
    Code.UNWRITTEN_TEXT: unwritten_text.check,
    Code.UNUSED_INPUT: unused_input.check,
}
"""Every check by the code of what it finds."""


def content_mistakes(
    policies: Iterable[Document],
    models: Iterable[Document],
    linked: Mapping[str, Policy],
    proved: Mapping[str, Model],
) -> list[Diagnostic]:
    """What looks wrong in these policies and models, which have no errors.

    `linked` has the policies by id, and `proved` all models that are known.
    """
    scope = Scope(
        tuple(
            PolicyFile(
                document,
                msgspec.convert(document.root, language.Policy),
                linked[document.root["id"]],
            )
            for document in policies
        ),
        tuple(
            ModelFile(
                document,
                msgspec.convert(document.root, language.Model),
                proved[document.root["id"]],
            )
            for document in models
        ),
        proved,
    )
    found = (diagnostic for check in CHECKS.values() for diagnostic in check(scope))
    return list(dict.fromkeys(found))
