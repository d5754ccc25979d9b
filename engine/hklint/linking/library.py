"""The library: every policy and model that a command may use, read, checked, linked and proved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from hklint import language
from hklint.documents.files import (
    files_around,
    files_in,
    is_path,
    neighbours,
    shipped_folder,
    shown_path,
)
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.linking.catalogue import Catalogue, errors_in, in_order, read_catalogue
from hklint.linking.model import ModelLinker
from hklint.linking.model_checks import unproved_inputs, unused_states
from hklint.linking.parameter_checks import check_parameters
from hklint.linking.parameters import DEFAULT, command_line_settings
from hklint.linking.policy import PolicyLinker
from hklint.linking.profile_checks import link_profiles
from hklint.linking.profiles import NO_CHOICE, Choice, united, with_policies
from hklint.linking.prove import prove
from hklint.linking.waiver_files import known_rules
from hklint.linking.waivers import Rules
from hklint.messages import suggestion
from hklint.model import Model, ModelInput, Scalar
from hklint.policy import Policy
from hklint.span import Diagnostic


class Library(msgspec.Struct, frozen=True):
    """Policies and models by id, and the text of every document by the path that spans name.

    Policies have the rules that are in the choice. `sources` says of each parameter, as
    POLICY.NAME, where its value was given; `profiles` are the ids of those that were asked for.
    `rules` are those of all policies that were found, whether or not they were asked for.
    """

    policies: Mapping[str, Policy]
    models: Mapping[str, Model]
    documents: Mapping[str, str]
    choice: Choice = NO_CHOICE
    sources: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    profiles: tuple[str, ...] = ()
    rules: Rules = msgspec.field(default_factory=dict[str, Mapping[str, Sequence[str]]])


def load(
    wanted: Sequence[str], settings: Mapping[str, Scalar], profiles: Sequence[str] = ()
) -> Library:
    """The policies and profiles named, each by the id of a shipped one or by its path.

    The settings are values by NAME, or by POLICY.NAME for one policy only. Raises UsageError for
    what does not exist or does not fit, and InvalidDocumentsError with everything that is wrong
    with the documents they use.
    """
    paths = [Path(name) for name in (*wanted, *profiles) if is_path(name)]
    shipped = files_in(shipped_folder())
    catalogue = read_catalogue([*shipped, *files_around(paths)])
    policy_ids = dict.fromkeys(find(catalogue, "policy", name) for name in wanted)
    profile_ids = dict.fromkeys(find(catalogue, "profile", name) for name in profiles)
    choices: dict[str, Choice] = {}
    wrong: list[Diagnostic] = []
    if profile_ids:
        choices, wrong = link_profiles(catalogue.documents, catalogue.broken)
    parents = [choices[key] for key in profile_ids if key in choices]
    choice = with_policies(united(parents), _shapes(catalogue, policy_ids))
    usable = len(parents) == len(profile_ids)
    library, diagnostics = _link(catalogue, choice, settings if usable else {})
    diagnostics += wrong
    meant = {file.resolve() for file in (*shipped, *paths)}
    loose = {shown_path(file) for file in set(neighbours(paths)) - meant}
    if errors_in(_relevant(diagnostics, catalogue, choice, loose)):
        raise InvalidDocumentsError(in_order(errors_in(diagnostics)))
    return msgspec.structs.replace(
        library, profiles=tuple(profile_ids), rules=known_rules(catalogue.policies.values())
    )


def find(catalogue: Catalogue, kind: str, name: str) -> str:
    """The id of the document that the command line names, by its id or by its path.

    Raises UsageError, or InvalidDocumentsError if it is there and can't be read.
    """
    documents = catalogue.documents[kind]
    if not is_path(name):
        if name in documents:
            return name
        near = suggestion(name, sorted(documents))
        end = "" if near.endswith("?") else "."
        raise UsageError(
            f"there is no {kind} {name!r}; {near}{end} For a file of your own give its path."
        )
    shown = shown_path(Path(name))
    for key, document in documents.items():
        if document.path == shown:
            return key
    if any(item.span.path == shown for item in errors_in(catalogue.diagnostics)):
        raise InvalidDocumentsError(in_order(errors_in(catalogue.diagnostics)))
    what = "this is a folder, give a file" if Path(name).is_dir() else f"this is no {kind}"
    raise UsageError(f"{name}: {what}")


def link(
    catalogue: Catalogue, policy_ids: Iterable[str], settings: Mapping[str, Scalar]
) -> Library:
    """Links and proves the policies named and all models.

    Raises InvalidDocumentsError with every mistake, UsageError for settings that don't fit.
    """
    choice = with_policies(NO_CHOICE, _shapes(catalogue, policy_ids))
    library, diagnostics = _link(catalogue, choice, settings)
    if errors_in(diagnostics):
        raise InvalidDocumentsError(in_order(errors_in(diagnostics)))
    return library


def link_all(
    catalogue: Catalogue, policy_ids: Iterable[str], settings: Mapping[str, Scalar]
) -> tuple[Library, list[Diagnostic]]:
    """What can be linked and proved, and everything that is wrong with it and with profiles."""
    choice = with_policies(NO_CHOICE, _shapes(catalogue, policy_ids))
    library, diagnostics = _link(catalogue, choice, settings)
    _, wrong = link_profiles(catalogue.documents, catalogue.broken)
    return library, [*diagnostics, *wrong]


def _link(
    catalogue: Catalogue, choice: Choice, settings: Mapping[str, Scalar]
) -> tuple[Library, list[Diagnostic]]:
    """The chosen rules, linked, with all models, and everything that is wrong with these.

    Settings are only looked at if the parameters they are for are declared without mistakes.
    """
    diagnostics = list(catalogue.diagnostics)
    proved, wrong = _proved(catalogue)
    diagnostics += wrong
    broken = {*catalogue.broken["model"], *catalogue.models} - proved.keys()
    chosen = choice.chosen()
    given = choice.settings
    declared = {shape.id: shape.parameters for shape in _shapes(catalogue, chosen)}
    if not any(list(check_parameters(catalogue.policies[key], declared[key])) for key in declared):
        given |= command_line_settings(settings, declared)
    policies: dict[str, Policy] = {}
    for policy_id, rules in chosen.items():
        own = {name: item.value for (policy, name), item in given.items() if policy == policy_id}
        linker = PolicyLinker(catalogue.policies[policy_id], proved, own, broken)
        policy = linker.link()
        kept = tuple(rule for rule in policy.rules if rule.info.id in rules)
        policies[policy_id] = msgspec.structs.replace(policy, rules=kept)
        diagnostics += linker.diagnostics
    used = [
        *(catalogue.profiles[key] for key in choice.chain),
        *(catalogue.policies[key] for key in chosen),
        *(catalogue.models[key] for key in _models_of([*policies.values()])),
    ]
    sources = {
        f"{key}.{name}": given[key, name].source if (key, name) in given else DEFAULT
        for key in declared
        for name in declared[key]
    }
    texts = {document.path: document.text for document in used}
    return Library(policies, proved, texts, choice, sources), diagnostics


def _proved(catalogue: Catalogue) -> tuple[dict[str, Model], list[Diagnostic]]:
    """The models that are proved, and what is wrong with the others."""
    linker = ModelLinker(catalogue.models, catalogue.broken["model"])
    for model_id in catalogue.models:
        linker.link(model_id)
    diagnostics = list(linker.diagnostics)
    proved: dict[str, Model] = {}
    for model_id, model in linker.models.items():
        document = catalogue.models[model_id]
        mistakes = [
            *prove(model),
            *unused_states(document, model),
            *unproved_inputs(document, model, proved),
        ]
        diagnostics += mistakes
        if not mistakes:
            proved[model_id] = model
    return proved, diagnostics


def _models_of(policies: Sequence[Policy]) -> list[str]:
    """The ids of all models that policies ask, directly or through others."""
    asked = (table for policy in policies for table in policy.tables())
    waiting = list({table.model.id: table.model for table in asked}.values())
    found = {model.id for model in waiting}
    for model in waiting:
        inner = [item.model for item in model.inputs if isinstance(item, ModelInput)]
        waiting += [item for item in inner if item.id not in found]
        found |= {item.id for item in inner}
    return sorted(found)


def _shapes(catalogue: Catalogue, policy_ids: Iterable[str]) -> list[language.Policy]:
    documents = (catalogue.policies[key] for key in dict.fromkeys(policy_ids))
    return [msgspec.convert(document.root, language.Policy) for document in documents]


def _relevant(
    diagnostics: Iterable[Diagnostic], catalogue: Catalogue, choice: Choice, loose: Collection[str]
) -> list[Diagnostic]:
    """Without the mistakes of loose documents, which only lie near, unless they are used."""
    used = {layer.path for layer in choice.layers.values()}
    used |= {catalogue.policies[key].path for key in choice.policies}
    ids = {"profile": choice.chain, "policy": choice.policies, "model": tuple(catalogue.models)}
    return [
        item
        for item in diagnostics
        if item.span.path not in loose
        or item.span.path in used
        or _is_taken(catalogue.taken.get(item.span.path), ids)
    ]


def _is_taken(found: tuple[str, str] | None, used: Mapping[str, Collection[str]]) -> bool:
    return found is not None and found[1] in used.get(found[0], ())
