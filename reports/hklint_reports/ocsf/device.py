"""The host of an event, and what was read of it."""

from hklint.fact import Present, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.run import HostResult
from hklint.verdict import Evidence, Verdict
from hklint_reports.identity import Json
from hklint_reports.target import target_of
from hklint_reports.text import visible

MAX_EVIDENCES = 50
"""Facts that an event shows; the run has all of them."""


def device(host: HostResult) -> Json:
    """The host by the name that the user knows, and what else is known of it."""
    target = target_of(host)
    name = visible(host.host) or "localhost"
    server = "Server" in host.windows
    found: Json = {
        "name": name,
        "hostname": target.fqdn or target.host_name or name,
        "type_id": 1 if server else 0,
        "type": "Server" if server else "Unknown",
        "os": {"name": visible(host.windows) or "Windows", "type_id": 100, "type": "Windows"},
    }
    domain = target.fqdn.partition(".")[2]
    if domain:
        found["domain"] = visible(domain)
    if target.address is not None:
        found["ip"] = str(target.address)
    return found


def observables(about: Json) -> list[Json]:
    """What a search over all events of a lake looks for: the device's name and address."""
    found: list[Json] = [
        {
            "name": "device.hostname",
            "type_id": 1,
            "type": "Hostname",
            "value": about["hostname"],
        }
    ]
    if "ip" in about:
        found.append(
            {"name": "device.ip", "type_id": 2, "type": "IP Address", "value": about["ip"]}
        )
    return found


def evidences(verdict: Verdict) -> list[Json]:
    """The facts behind a verdict, each as it was read."""
    return [_evidence(item) for item in verdict.evidence[:MAX_EVIDENCES]]


def _evidence(evidence: Evidence) -> Json:
    fact, seen = evidence.fact, evidence.observation
    told: Json = {"name": visible(str(fact)), "data": visible(evidence.shown)}
    match fact:
        case RegistryValue() | RegistryName():
            value: Json = {
                "path": visible(f"{fact.hive}\\{fact.key}"),
                "name": visible(fact.value),
                "is_default": not fact.value,
            }
            if isinstance(seen, Present):
                value["type"] = visible(seen.type)
            told["reg_value"] = value
        case RegistryKey():
            told["reg_key"] = {"path": visible(f"{fact.hive}\\{fact.key}")}
        case WebRequest():
            told["url"] = {"url_string": visible(fact.uri)}
        case _:
            pass
    return told
