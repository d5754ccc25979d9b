"""A checklist that the user made in STIG Viewer: read with care, and filled in for a host."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from hklint.errors import UsageError
from hklint.run import HostResult, RunHeader
from hklint_reports.cklb.findings import STATUSES, Finding
from hklint_reports.identity import guid
from hklint_reports.target import target_of
from hklint_reports.text import visible

Json = dict[str, Any]
MAX_DEPTH = 50
MAX_NAME = 255
"""Characters of a host's name; STIG Manager refuses a checklist with more, or with none."""
NAMELESS = "localhost"
_WORDS = tuple(STATUSES.values())


def read(text: str) -> Json:
    """The checklist that a text holds.

    Raises:
        UsageError: It is no checklist; the message says what is wrong with it, and where.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise UsageError(
            "the checklist is XML, as STIG Viewer 2 writes it (.ckl); open it in STIG Viewer 3 and "
            "save it as .cklb"
        )
    try:
        document: object = json.loads(text.removeprefix("\ufeff"), parse_constant=_refused)
    except RecursionError:
        raise UsageError(_TOO_DEEP) from None
    except ValueError as error:
        raise UsageError(f"the checklist is no JSON: {visible(str(error))}") from None
    if _too_deep(document):
        raise UsageError(_TOO_DEEP)
    root = _mapping(document, "the checklist")
    _mapping(root.get("target_data", {}), "target_data")
    stigs = _list(root.get("stigs"), "stigs")
    if not stigs:
        raise UsageError("the checklist has no STIG in it: add one in STIG Viewer")
    for number, stig in enumerate(stigs):
        place = f"stigs[{number}]"
        rules = _list(_mapping(stig, place).get("rules"), f"{place}.rules")
        for index, rule in enumerate(rules):
            _check_rule(_mapping(rule, f"{place}.rules[{index}]"), f"{place}.rules[{index}]")
    return root


_TOO_DEEP = f"the checklist is nested more than {MAX_DEPTH} levels deep"


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")


def _too_deep(document: object) -> bool:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [part for node in level for part in _parts(node)]
    return bool(level)


def _parts(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        yield from cast("Json", node).values()
    elif isinstance(node, list):
        yield from cast("list[object]", node)


def _mapping(value: object, place: str) -> Json:
    if not isinstance(value, dict):
        raise UsageError(f"this is no checklist of STIG Viewer 3: {place} is no object")
    return cast("Json", value)


def _list(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise UsageError(f"this is no checklist of STIG Viewer 3: {place} is no list")
    return cast("list[object]", value)


def _check_rule(rule: Json, place: str) -> None:
    if not isinstance(rule.get("group_id"), str):
        raise UsageError(f"this is no checklist of STIG Viewer 3: {place}.group_id is no text")
    if rule.get("status") not in _WORDS:
        words = ", ".join(sorted(_WORDS))
        raise UsageError(
            f"this is no checklist of STIG Viewer 3: {place}.status is none of {words}"
        )
    for key in ("finding_details", "comments"):
        if not isinstance(rule.get(key, ""), str):
            raise UsageError(f"this is no checklist of STIG Viewer 3: {place}.{key} is no text")


def groups(document: Json) -> dict[str, None]:
    """The ids of the groups that a checklist has, in its order."""
    return {rule["group_id"]: None for stig in document["stigs"] for rule in stig["rules"]}


def filled(
    document: Json, header: RunHeader, host: HostResult, findings: Mapping[str, Finding]
) -> Json:
    """The checklist of a host; what nothing is known of stays as it is in the document."""
    return {
        **document,
        "title": visible(host.host) or "localhost",
        "id": guid("checklist", header.started, host.host, str(document.get("id", ""))),
        "stigs": [
            {**stig, "rules": [_filled_rule(rule, findings) for rule in stig["rules"]]}
            for stig in document["stigs"]
        ],
        "target_data": _target_data(document.get("target_data", {}), host),
    }


def _filled_rule(rule: Json, findings: Mapping[str, Finding]) -> Json:
    finding = findings.get(rule["group_id"])
    if finding is None:
        return rule
    comments = rule.get("comments", "")
    if finding.comment and finding.comment not in comments:
        comments = f"{comments}\n{finding.comment}".lstrip("\n")
    return {
        **rule,
        "status": finding.status,
        "finding_details": finding.details,
        "comments": comments,
    }


def _target_data(known: Json, host: HostResult) -> Json:
    """The host; addresses of another host must not stay, those of the same one may."""
    target = target_of(host)
    name = target.host_name or visible(host.host, MAX_NAME)[:MAX_NAME] or "localhost"
    same = str(known.get("host_name", "")).casefold() == name.casefold()
    said = {
        "fqdn": target.fqdn,
        "ip_address": str(target.address or ""),
        "mac_address": "",
    }
    kept = {key: known.get(key, "") if same else "" for key in said}
    return {
        **known,
        "host_name": name,
        **{key: text or kept[key] for key, text in said.items()},
    }
