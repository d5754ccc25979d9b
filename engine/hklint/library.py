"""The library: every policy and model that a command may use, read, checked, linked and proved."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from hklint.document import Document, read_document
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.language import DOCUMENTS
from hklint.link_model import ModelLinker
from hklint.link_policy import PolicyLinker
from hklint.messages import quoted, suggestion
from hklint.model import Model
from hklint.model_checks import FollowUp, unproved_inputs, unused_states
from hklint.parameters import check_known
from hklint.policy import Policy
from hklint.prove import prove
from hklint.schema import check
from hklint.span import Diagnostic

TESTS_SUFFIX = ".tests.yaml"


class Library(msgspec.Struct, frozen=True):
    """Policies and models by id, and the text of every document by the path that spans name."""

    policies: Mapping[str, Policy]
    models: Mapping[str, Model]
    documents: Mapping[str, str]


class Catalogue(msgspec.Struct, frozen=True):
    """The documents that were found, by kind and id, and what is wrong with any of them.

    `broken` are the ids of models whose documents are there, but have not the right shape.
    """

    policies: Mapping[str, Document]
    models: Mapping[str, Document]
    diagnostics: tuple[Diagnostic, ...]
    broken: frozenset[str]


def shipped_folder() -> Path:
    """The policies that come with hklint: inside the package, or beside the source roots."""
    inside = Path(__file__).parent / "policies"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "policies"


def shipped_ids() -> list[str]:
    """The ids of the policies that come with hklint."""
    return sorted(read_catalogue(_files(shipped_folder())).policies)


def load(wanted: Sequence[str], settings: Mapping[str, str]) -> Library:
    """The policies named, each by the id of a shipped one or by its path, with their models.

    Raises UsageError for a policy or parameter that does not exist, and InvalidDocumentsError with
    everything that is wrong with the documents they use.
    """
    paths = [Path(name) for name in wanted if _is_path(name)]
    catalogue = read_catalogue([*_files(shipped_folder()), *_files_around(paths)])
    by_path = {document.path: key for key, document in catalogue.policies.items()}
    ids: list[str] = []
    for name in wanted:
        key = by_path.get(_shown(Path(name))) if _is_path(name) else name
        if key is not None and key in catalogue.policies:
            ids.append(key)
        elif _is_path(name):
            if any(item.span.path == _shown(Path(name)) for item in catalogue.diagnostics):
                raise InvalidDocumentsError(_in_order(catalogue.diagnostics))
            what = "this is a folder, give a file" if Path(name).is_dir() else "this is no policy"
            raise UsageError(f"{name}: {what}")
        else:
            known = ", ".join(sorted(catalogue.policies))
            raise UsageError(
                f"there is no policy {name!r}; hklint comes with: {known}. "
                "For a file of your own give its path."
            )
    return link(catalogue, dict.fromkeys(ids), settings)


def read_catalogue(files: Iterable[Path]) -> Catalogue:
    """Reads and checks the shape of documents; those with mistakes are left out."""
    found: dict[str, dict[str, Document]] = {kind: {} for kind in DOCUMENTS}
    broken: set[str] = set()
    diagnostics: list[Diagnostic] = []
    for file in dict.fromkeys(file.resolve() for file in files):
        try:
            document = read_document(file, _shown(file))
        except InvalidDocumentsError as error:
            diagnostics += error.diagnostics
            continue
        kind = document.root.get("kind")
        if not isinstance(kind, str) or kind not in DOCUMENTS:
            span = document.value_span(("kind",))
            message = "'kind' must say what this document is"
            diagnostics.append(Diagnostic(span, message, suggestion(str(kind), DOCUMENTS)))
            continue
        mistakes = check(document, kind)
        diagnostics += mistakes
        name = str(document.root.get("id"))
        if mistakes:
            broken.add(name)
        elif name in found[kind]:
            other = found[kind][name].path
            span = document.value_span(("id",))
            message = f"the {kind} {quoted(name)} is already in {other}"
            diagnostics.append(Diagnostic(span, message, "choose another id"))
        else:
            found[kind][name] = document
    return Catalogue(found["policy"], found["model"], tuple(diagnostics), frozenset(broken))


def link(catalogue: Catalogue, policy_ids: Iterable[str], settings: Mapping[str, str]) -> Library:
    """Links and proves the policies named and all models.

    Raises InvalidDocumentsError with every mistake, UsageError for settings no policy has.
    """
    library, diagnostics = _link(catalogue, policy_ids, settings)
    if diagnostics:
        raise InvalidDocumentsError(_in_order(diagnostics))
    check_known(settings, {name for item in library.policies.values() for name in item.parameters})
    return library


def _link(
    catalogue: Catalogue, policy_ids: Iterable[str], settings: Mapping[str, str]
) -> tuple[Library, list[Diagnostic]]:
    diagnostics = list(catalogue.diagnostics)
    linker = ModelLinker(catalogue.models, catalogue.broken)
    for model_id in catalogue.models:
        linker.link(model_id)
    diagnostics += linker.diagnostics
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
    broken = {*catalogue.broken, *catalogue.models} - proved.keys()
    policies: dict[str, Policy] = {}
    for policy_id in policy_ids:
        policy_linker = PolicyLinker(catalogue.policies[policy_id], proved, settings, broken)
        policies[policy_id] = policy_linker.link()
        diagnostics += policy_linker.diagnostics
    documents = [*catalogue.policies.values(), *catalogue.models.values()]
    return Library(policies, proved, {item.path: item.text for item in documents}), diagnostics


def lint(paths: Sequence[Path]) -> list[Diagnostic]:
    """Everything that is wrong with the documents in these files and folders.

    Models that come with hklint are known to them. Raises UsageError when there is nothing to look
    at.
    """
    files = [file.resolve() for path in paths for file in _files(path)]
    if not files:
        raise UsageError(f"no policies or models in: {', '.join(map(str, paths))}")
    around = [file.resolve() for file in [*_files(shipped_folder()), *_files_around(files)]]
    # The files looked at come last: of two with one id the second is reported.
    catalogue = read_catalogue([*(file for file in around if file not in files), *files])
    _, diagnostics = _link(catalogue, catalogue.policies, {})
    looked_at = {_shown(file) for file in files}
    return _in_order(item for item in diagnostics if item.span.path in looked_at)


def _in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Mistakes by place; what only follows from others is left out where those are shown."""

    def place(item: Diagnostic) -> tuple[str, int, int]:
        return item.span.path, item.span.line, item.span.column

    found = dict.fromkeys(diagnostics)
    causes = [item for item in found if not isinstance(item, FollowUp)]
    return sorted(causes or found, key=place)


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name


def _files(path: Path) -> list[Path]:
    """The documents in a folder, or the file itself."""
    if not path.is_dir():
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        return [path]
    found = [file for suffix in ("*.yaml", "*.yml") for file in path.rglob(suffix)]
    return sorted(file for file in found if not file.name.endswith(TESTS_SUFFIX))


def _files_around(files: Iterable[Path]) -> list[Path]:
    """Files with the models in the folders `models` beside and above them."""
    around: list[Path] = []
    for file in files:
        around += _files(file)
        for folder in (file.resolve().parent, file.resolve().parent.parent):
            models = folder / "models"
            around += _files(models) if models.is_dir() else []
    return around


def _shown(file: Path) -> str:
    """A path as reports show it: below `policies/` if shipped, else as seen from here.

    A file of the user's own that would read like a shipped one is shown with its whole path.
    """
    file = file.resolve()
    shipped = shipped_folder().resolve()
    if file.is_relative_to(shipped):
        return "policies/" + file.relative_to(shipped).as_posix()
    if file.is_relative_to(Path.cwd()):
        shown = file.relative_to(Path.cwd())
        if not (shown.parts[0] == "policies" and (shipped / Path(*shown.parts[1:])).exists()):
            return shown.as_posix()
    return file.as_posix()


def count_files(paths: Iterable[Path]) -> int:
    """How many documents these files and folders hold."""
    return len({file.resolve() for path in paths for file in _files(path)})
