"""OVAL system characteristics: what one host's registry had, for the objects of the definitions.

An object's flag says whether it was read, and an item is what was found
(oval-system-characteristics-schema.xsd and its part for Windows, version 5.11.1).
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TextIO

from hklint.clock import utc, utc_or
from hklint.fact import Absent, Present, RegistryValue, Unreadable
from hklint.run import HostResult, RunHeader
from hklint.verdict import Outcome, Verdict
from hklint_reports.oval.document import (
    CHARACTERISTICS,
    VIEWS,
    WINDOWS_CHARACTERISTICS,
    head,
    place,
)
from hklint_reports.oval.exact import exact_xml, is_carried
from hklint_reports.oval.names import number, object_id
from hklint_reports.oval.plan import Plan, Planned
from hklint_reports.text import xml_text

Flag = Literal["complete", "does not exist", "error", "not applicable", "not collected"]
LONGEST_MATCHED = 2_000
"""Characters of a text that an author's pattern is matched with. On longer ones the patterns of
OpenSCAP 1.3.7 can take more of the stack than there is, which ends it."""

_DATATYPES = {"REG_DWORD": "int", "REG_QWORD": "int", "REG_BINARY": "binary", "REG_NONE": "binary"}
_NOT_ASKED = {"not-asked", "not-allowed", "host-not-reached"}


class Found(NamedTuple):
    """What is known of an object: its flag, why, and the item if there is one."""

    flag: Flag
    message: str = ""
    item: Present | None = None


def write(host: HostResult, header: RunHeader, plan: Plan, stream: TextIO) -> None:
    """Write what was read of one host; of one that was not reached nothing is known."""
    verdicts = {
        number(verdict.policy, verdict.rule, verdict.instance): verdict for verdict in host.verdicts
    }
    found = {of: _found(host, verdicts.get(of), plan.judged[of]) for of in plan.judged}
    taken = str((host.snapshot or {}).get("taken_at", host.started))
    stream.write(head("system-characteristics", header, utc_or(taken, utc(header.started))))
    stream.write(_system_info(host))
    if found:
        stream.write("<collected_objects>\n")
        stream.writelines(_object(of, seen) for of, seen in found.items())
        stream.write("</collected_objects>\n")
    items = "".join(
        _item(of, seen.item, plan.judged[of]) for of, seen in found.items() if seen.item
    )
    stream.write(f"<system_data>\n{items}</system_data>\n" if items else "")
    stream.write("</oval_system_characteristics>\n")


def _found(host: HostResult, verdict: Verdict | None, planned: Planned) -> Found:
    if verdict is None:
        reason = host.failure.reason if host.failure else "it was not judged"
        return Found("not collected", f"nothing was read of this host: {reason}")
    seen = next((it.observation for it in verdict.evidence if it.fact == planned.test.fact), None)
    not_for_it = verdict.outcome is Outcome.NOT_APPLICABLE
    match seen:
        case Present():
            return Found("complete", item=seen)
        case Absent(what=what):
            flag: Flag = "not applicable" if not_for_it else "does not exist"
            return Found(flag, f"there is no such {what}")
        case Unreadable(reason=reason, detail=detail):
            flag = "not collected" if reason in _NOT_ASKED else "error"
            return Found(flag, f"{reason}: {detail}")
        case None:
            return Found("not applicable" if not_for_it else "not collected", verdict.reason)


def _system_info(host: HostResult) -> str:
    return (
        "<system_info>\n<os_name>Windows</os_name>\n"
        f"<os_version>{xml_text(host.windows or 'not known')}</os_version>\n"
        "<architecture>not known</architecture>\n"
        f"<primary_host_name>{xml_text(host.host)}</primary_host_name>\n"
        "<interfaces></interfaces>\n</system_info>\n"
    )


def _object(of: int, found: Found) -> str:
    message = f"<message>{xml_text(found.message)}</message>" if found.message else ""
    reference = f'<reference item_ref="{of}"/>' if found.item else ""
    # Without the line break OpenSCAP 1.3.7 does not see the object behind one with nothing in it.
    return (
        f'<object id="{object_id(of)}" version="1" flag="{found.flag}">'
        f"{message}{reference}</object>\n"
    )


def _item(of: int, item: Present, planned: Planned) -> str:
    fact = planned.test.fact
    message = data = ""
    if isinstance(fact, RegistryValue):
        problem = _problem(item, planned)
        message = f'<message xmlns="{CHARACTERISTICS}">{problem}</message>' if problem else ""
        data = _type(item) + ("" if problem else "".join(_values(item)))
    return (
        f'<registry_item xmlns="{WINDOWS_CHARACTERISTICS}" id="{of}">{message}{place(fact)}{data}'
        f"<windows_view>{VIEWS[fact.view]}</windows_view></registry_item>\n"
    )


def _problem(item: Present, planned: Planned) -> str:
    """Why the data are left out, or ""; what they come to is unknown to OpenSCAP then."""
    if item.type != planned.test.type:
        # Besides, OpenSCAP 1.3.7 crashes where it compares an empty text with a number.
        return f"the data are left out: the rule is about a {planned.test.type}"
    texts = _texts(item)
    if not all(map(is_carried, texts)):
        return "the data are left out: they have characters that XML cannot hold, or only blanks"
    if isinstance(item.value, tuple) and "" in item.value:
        return "the data are left out: OVAL cannot tell an empty text in a list from an empty list"
    if planned.matches and max(map(len, texts)) > LONGEST_MATCHED:
        return f"the data are left out: they are too long for a pattern, over {LONGEST_MATCHED}"
    return ""


def _texts(item: Present) -> tuple[str, ...]:
    """The data as the values of an item; an empty list is one empty text."""
    return (item.value or ("",)) if isinstance(item.value, tuple) else (str(item.value),)


def _type(item: Present) -> str:
    return f"<type>{item.type.lower()}</type>"


def _values(item: Present) -> Iterator[str]:
    datatype = _DATATYPES.get(item.type, "string")
    for text in _texts(item):
        yield f'<value datatype="{datatype}">{exact_xml(text)}</value>'
