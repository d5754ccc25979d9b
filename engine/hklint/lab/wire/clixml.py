"""CLIXML: the few objects that a runspace pool and the collector's pipeline put on the wire.

The shapes are those of Windows PowerShell 5.1 on Windows Server 2016, in its order: type names,
ToString, then properties ([MS-PSRP] 2.2.2, 2.2.3 and 2.2.5; the recordings in the public tests of
pypsrp).
"""

import re
from xml.etree import ElementTree as ET

import msgspec

from hklint.lab.wire.machine import TerminatingError
from hklint.lab.wire.markup import Content, element, parse, to_bytes

COMPLETED, FAILED, STOPPED = 4, 5, 3
"""Values of PSInvocationState."""

_OPENED = 2
_PROTOCOL = "2.3"
_SERIALIZATION = "1.1.0.1"
_GENERIC_FAILURE = "-2146233087"
_LONGEST_TARGET = 40
_ENDS_OF_TARGET = 15
"""Characters: what Windows PowerShell 5.1 leaves of a longer target, at each end."""

# .NET escapes control characters, every UTF-16 surrogate and an underscore before x; the two
# non-characters are no XML at all.
_ESCAPED = re.compile(
    "_(?=[xX])|[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U00010000-\U0010ffff]"
)
_ESCAPE = re.compile(r"_[xX]([0-9A-Fa-f]{4})_")


class Command(msgspec.Struct, frozen=True):
    """A command of a pipeline; parameters that are no strings are None."""

    text: str
    is_script: bool
    parameters: tuple[tuple[str | None, str | None], ...]


class Pipeline(msgspec.Struct, frozen=True):
    """What a client wants to run: the commands of its first statement."""

    commands: tuple[Command, ...]
    has_input: bool
    has_more_statements: bool


def encode(text: str) -> str:
    """Escapes a string for CLIXML, [MS-PSRP] 2.2.5.3.2."""
    return _ESCAPED.sub(_escape, text)


def decode(text: str) -> str:
    """Undoes `encode`."""
    units = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"_x{units[start : start + 4]}_" for start in range(0, len(units), 4))


def read_pipeline(data: bytes) -> Pipeline:
    """Reads a CREATE_PIPELINE message, [MS-PSRP] 2.2.2.10.

    Raises:
        MarkupError: It is no XML.
    """
    root = parse(data)
    shell = root.find("MS/Obj[@N='PowerShell']/MS")
    commands = [] if shell is None else shell.findall("Obj[@N='Cmds']/LST/Obj/MS")
    return Pipeline(
        commands=tuple(map(_read_command, commands)),
        has_input=root.findtext("MS/B[@N='NoInput']") != "true",
        has_more_statements=shell is not None and shell.find("Obj[@N='ExtraCmds']") is not None,
    )


def _read_command(members: ET.Element) -> Command:
    return Command(
        text=_string(members, "Cmd") or "",
        is_script=members.findtext("B[@N='IsScript']") == "true",
        parameters=tuple(
            (_string(argument, "N"), _string(argument, "V"))
            for argument in members.findall("Obj[@N='Args']/LST/Obj/MS")
        ),
    )


def _string(members: ET.Element, name: str) -> str | None:
    text = members.findtext(f"S[@N='{name}']")
    return None if text is None else decode(text)


def session_capability() -> bytes:
    """SESSION_CAPABILITY of a host that speaks PSRP 2.3."""
    return _message(
        _value("Version", _PROTOCOL, "protocolversion"),
        _value("Version", "2.0", "PSVersion"),
        _value("Version", _SERIALIZATION, "SerializationVersion"),
    )


def private_data(powershell: str) -> bytes:
    """APPLICATION_PRIVATE_DATA with the host's $PSVersionTable."""
    build = powershell.split(".", 2)[-1]
    versions = ("1.0", "2.0", "3.0", "4.0", "5.0", powershell)
    compatible = _object(
        3,
        _types(1, "System.Version[]", "System.Array", "System.Object"),
        element("LST", [_value("Version", version) for version in versions]),
        name="Value",
    )
    table = element(
        "DCT",
        [
            _entry("PSVersion", _value("Version", powershell, "Value")),
            _entry("PSEdition", _value("S", "Desktop", "Value")),
            _entry("PSCompatibleVersions", compatible),
            _entry("CLRVersion", _value("Version", "4.0.30319.42000", "Value")),
            _entry("BuildVersion", _value("Version", f"10.0.{build}", "Value")),
            _entry("WSManStackVersion", _value("Version", "3.0", "Value")),
            _entry("PSRemotingProtocolVersion", _value("Version", _PROTOCOL, "Value")),
            _entry("SerializationVersion", _value("Version", _SERIALIZATION, "Value")),
        ],
    )
    dictionary = _types(
        0,
        "System.Management.Automation.PSPrimitiveDictionary",
        "System.Collections.Hashtable",
        "System.Object",
    )
    versions_table = _object(2, element("TNRef", (), {"RefId": "0"}), table, name="Value")
    data = element("DCT", [_entry("PSVersionTable", versions_table)])
    return _message(_object(1, dictionary, data, name="ApplicationPrivateData"))


def pool_opened() -> bytes:
    """RUNSPACEPOOL_STATE: the pool can be used."""
    return _message(_value("I32", str(_OPENED), "RunspaceState"))


def output(text: str) -> bytes:
    """PIPELINE_OUTPUT of one string."""
    return to_bytes(_value("S", encode(text)))


def pipeline_state(state: int, error: TerminatingError | None = None) -> bytes:
    """PIPELINE_STATE: the pipeline's end, with the record of the error that ended it."""
    records = () if error is None else (_error_record(error),)
    return _message(_value("I32", str(state), "PipelineState"), *records)


def _error_record(error: TerminatingError) -> ET.Element:
    message = encode(error.message)
    category = error.category.name.title().replace("_", "")
    reason = error.exceptions[0].rpartition(".")[2]
    target, shown = encode(error.target), encode(_shortened(error.target))
    target_type = "String" if error.target else ""
    members = [
        _exception(error),
        _value("S", target, "TargetObject") if error.target else _nil("TargetObject"),
        _value("S", encode(error.error_id), "FullyQualifiedErrorId"),
        _nil("InvocationInfo"),
        _value("I32", str(error.category.value), "ErrorCategory_Category"),
        _value("S", "", "ErrorCategory_Activity"),
        _value("S", reason, "ErrorCategory_Reason"),
        _value("S", target, "ErrorCategory_TargetName"),
        _value("S", target_type, "ErrorCategory_TargetType"),
        _value("S", f"{category}: ({shown}:{target_type}) [], {reason}", "ErrorCategory_Message"),
        _value("B", "false", "SerializeExtendedInfo"),
    ]
    return _object(
        1,
        _types(0, "System.Management.Automation.ErrorRecord", "System.Object"),
        element("ToString", message),
        element("MS", members),
        name="ExceptionAsErrorRecord",
    )


def _shortened(target: str) -> str:
    """A target as ErrorCategoryInfo.GetMessage shows it."""
    if len(target) <= _LONGEST_TARGET:
        return target
    return f"{target[:_ENDS_OF_TARGET]}...{target[-_ENDS_OF_TARGET:]}"


def _exception(error: TerminatingError) -> ET.Element:
    message = encode(error.message)
    data = _object(
        3,
        _types(2, "System.Collections.ListDictionaryInternal", "System.Object"),
        element("DCT"),
        name="Data",
    )
    properties = [
        _value("S", message, "Message"),
        data,
        *map(_nil, ("InnerException", "TargetSite", "StackTrace", "HelpLink", "Source")),
        _value("I32", _GENERIC_FAILURE, "HResult"),
    ]
    return _object(
        2,
        _types(1, *error.exceptions, "System.Exception", "System.Object"),
        element("ToString", f"{error.exceptions[0]}: {message}"),
        element("Props", properties),
        name="Exception",
    )


def _message(*members: ET.Element) -> bytes:
    return to_bytes(_object(0, element("MS", members)))


def _object(reference: int, *content: ET.Element, name: str | None = None) -> ET.Element:
    named = {} if name is None else {"N": name}
    return element("Obj", content, {**named, "RefId": str(reference)})


def _types(reference: int, *names: str) -> ET.Element:
    return element("TN", [element("T", name) for name in names], {"RefId": str(reference)})


def _value(tag: str, text: Content, name: str | None = None) -> ET.Element:
    return element(tag, text, None if name is None else {"N": name})


def _nil(name: str) -> ET.Element:
    return element("Nil", (), {"N": name})


def _entry(key: str, value: ET.Element) -> ET.Element:
    return element("En", [_value("S", key, "Key"), value])
