"""What is known of a host as a target: names, address and facts, from its answer and its target."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from hklint.run import HostResult, RunHeader
from hklint_reports.text import sentence
from hklint_reports.wording import failure_parts

_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_PLACE = re.compile(r"([a-z]+://)?(.*@)?(\[(?P<six>[^\]]+)\]|(?P<name>[^:@/\\\[\]]+))(:[0-9]+)?")
"""A host in a target, with the scheme, user and port that may stand around it."""
_IDENTIFIERS = ("urn:scap:fact:asset:identifier", "urn:xccdf:fact:asset:identifier")
"""The facts of SCAP 1.3 (NIST SP 800-126 revision 3), and their names in OpenSCAP."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """A host's names ("" if not known) and the address that it was asked by, if it was by one."""

    host_name: str
    fqdn: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Account:
    """Who asked a host, and whether that is an administrator there."""

    name: str
    administrator: bool


def account_of(host: HostResult) -> Account | None:
    """The account, if the snapshot has both its name and its rights."""
    snapshot = _mapping(host.snapshot)
    name = _mapping(snapshot.get("source")).get("account")
    rights = _mapping(_mapping(snapshot.get("answer")).get("collector")).get("administrator")
    if isinstance(name, str) and name and isinstance(rights, bool):
        return Account(name, rights)
    return None


def target_of(host: HostResult) -> Target:
    """What the host says of its name or, if it said nothing, what the user wrote."""
    place = _place(host.target)
    address = _address(place)
    said = _said(host)
    name, domain = said.get("name"), said.get("domain")
    if isinstance(name, str) and _NAME.fullmatch(name):
        fqdn = f"{name}.{domain}"
        known = isinstance(domain, str) and _NAME.fullmatch(fqdn)
        return Target(name, fqdn if known else "", address)
    if address is None and _NAME.fullmatch(place):
        return Target(place.partition(".")[0], place if "." in place else "", None)
    return Target("", "", address)


def facts(header: RunHeader, host: HostResult) -> Iterator[tuple[str, str]]:
    """The facts of a test result, each a URN and a text; nothing empty."""
    target = target_of(host)
    known = {"host_name": target.host_name, "fqdn": target.fqdn}
    if target.address is not None:
        known[f"ipv{target.address.version}"] = str(target.address)
    for prefix in _IDENTIFIERS:
        yield from ((f"{prefix}:{name}", text) for name, text in known.items() if text)
    yield "urn:xccdf:fact:scanner:name", "hklint"
    yield "urn:xccdf:fact:scanner:version", header.hklint
    snapshot = _mapping(host.snapshot)
    source = _mapping(snapshot.get("source"))
    ours = {
        "target": host.target,
        "windows": host.windows,
        "taken-at": snapshot.get("taken_at"),
        "taken-from": source.get("target"),
        "account": source.get("account"),
        "transport": source.get("transport"),
        "collector-sha256": source.get("collector_sha256"),
    }
    for name, text in ours.items():
        if isinstance(text, str) and text:
            yield f"urn:hklint:fact:{name}", text
    if host.failure is not None:
        yield "urn:hklint:fact:not-reached", "; ".join(map(": ".join, failure_parts(host.failure)))
    for diagnosis in host.diagnoses:
        said = (sentence(diagnosis.title), diagnosis.sentence, *diagnosis.next_steps)
        yield "urn:hklint:fact:diagnosis", " ".join(said)


def _said(host: HostResult) -> dict[str, object]:
    """The fields of its identity that the host has answered."""
    fields = _mapping(_mapping(host.snapshot).get("answer")).get("host")
    items = map(_mapping, cast("list[object]", fields) if isinstance(fields, list) else [])
    return {str(item.get("name")): item.get("data") for item in items}


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _place(target: str) -> str:
    """The host that a target names, or "" for a file and for this computer."""
    if _address(target) is not None:
        return target
    found = _PLACE.fullmatch(target)
    if found is None or target.lower().endswith(".json"):
        return ""
    return found["six"] or found["name"]


def _address(text: str) -> Address | None:
    """An address; one with a zone means something on this computer only."""
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None
