"""The library: every policy and model that a command may use, read, checked, linked and proved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from hklint.document import Document, read_document
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.language import DOCUMENTS
from hklint.link_model import ModelLinker
from hklint.link_policy import PolicyLinker
from hklint.model import Model
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
    """The documents that were found, by kind and id, and what is wrong with any of them."""

    policies: Mapping[str, Document]
    models: Mapping[str, Document]
    diagnostics: tuple[Diagnostic, ...]


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
            own = [d for d in catalogue.diagnostics if d.span.path == _shown(Path(name))]
            raise InvalidDocumentsError(own) if own else UsageError(f"{name}: this is no policy")
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
    diagnostics: list[Diagnostic] = []
    for file in dict.fromkeys(file.resolve() for file in files):
        try:
            document = read_document(file, _shown(file))
        except InvalidDocumentsError as error:
            diagnostics += error.diagnostics
            continue
        kind = document.root.get("kind")
        if kind not in DOCUMENTS:
            known = ", ".join(DOCUMENTS)
            span = document.value_span(("kind",))
            diagnostics.append(Diagnostic(span, "'kind' must say what this is", f"one of {known}"))
            continue
        mistakes = list(check(document, kind))
        diagnostics += mistakes
        name = str(document.root.get("id"))
        if not mistakes and name in found[kind]:
            other = found[kind][name].path
            span = document.value_span(("id",))
            diagnostics.append(Diagnostic(span, f"the {kind} {name!r} is also in {other}"))
        elif not mistakes:
            found[kind][name] = document
    return Catalogue(found["policy"], found["model"], tuple(diagnostics))


def link(catalogue: Catalogue, policy_ids: Iterable[str], settings: Mapping[str, str]) -> Library:
    """Links and proves the policies named and all models.

    Raises InvalidDocumentsError with every mistake, UsageError for settings no policy has.
    """
    diagnostics = list(catalogue.diagnostics)
    linker = ModelLinker(catalogue.models)
    for model_id in catalogue.models:
        linker.link(model_id)
    diagnostics += linker.diagnostics
    proved: dict[str, Model] = {}
    for model_id, model in linker.models.items():
        mistakes = list(prove(model))
        diagnostics += mistakes
        if not mistakes:
            proved[model_id] = model
    policies: dict[str, Policy] = {}
    declared: set[str] = set()
    for policy_id in policy_ids:
        policy_linker = PolicyLinker(catalogue.policies[policy_id], proved, settings)
        policy = policy_linker.link()
        declared |= policy.parameters.keys()
        diagnostics += policy_linker.diagnostics
        policies[policy_id] = policy
    if diagnostics:
        raise InvalidDocumentsError(_sorted(diagnostics))
    check_known(settings, declared)
    documents = [*catalogue.policies.values(), *catalogue.models.values()]
    return Library(policies, proved, {item.path: item.text for item in documents})


def lint(paths: Sequence[Path]) -> Iterator[Diagnostic]:
    """Everything that is wrong with the documents in these files and folders.

    Models that come with hklint are known to them. Raises UsageError when there is nothing to look
    at.
    """
    files = [file for path in paths for file in _files(path)]
    if not files:
        raise UsageError(f"no policies or models in: {', '.join(map(str, paths))}")
    catalogue = read_catalogue([*files, *_files(shipped_folder()), *_files_around(files)])
    try:
        link(catalogue, catalogue.policies, {})
    except InvalidDocumentsError as error:
        looked_at = {_shown(file.resolve()) for file in files}
        yield from (item for item in error.diagnostics if item.span.path in looked_at)


def _sorted(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    def place(item: Diagnostic) -> tuple[str, int, int]:
        return item.span.path, item.span.line, item.span.column

    return sorted(dict.fromkeys(diagnostics), key=place)


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
    """A path as reports show it: below `policies/` if shipped, else as seen from here."""
    file = file.resolve()
    for base, prefix in ((shipped_folder().resolve(), "policies/"), (Path.cwd(), "")):
        if file.is_relative_to(base):
            return prefix + file.relative_to(base).as_posix()
    return file.as_posix()


def count_files(paths: Iterable[Path]) -> int:
    """How many documents these files and folders hold."""
    return len({file.resolve() for path in paths for file in _files(path)})
