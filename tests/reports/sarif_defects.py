"""Ways to break a log, and which layers of checks see each: each layer misses what others catch.

The layers are the schema, Microsoft's validator (with the rules of GitHub's ingestion) and our own
reading of the specification's and the readers' texts in `sarif_prose`.
"""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Defect = tuple[str, Callable[[Json, Json, Json], object]]
"""The layers that see it, and what breaks a run, its first rule or its first result."""


def _place(result: Json) -> Json:
    place: Json = result["locations"][0]["physicalLocation"]
    return place


DEFECTS: dict[str, Defect] = {
    "no such kind": ("schema prose", lambda _run, _rule, result: result.update(kind="bogus")),
    "a pass of level error": ("prose", lambda _run, _rule, result: result.update(kind="pass")),
    "a pass with a rank": (
        "prose",
        lambda _run, _rule, result: result.update(kind="pass", level="none", rank=1.0),
    ),
    "a UUID of version 7": (
        "schema",
        lambda _run, _rule, result: result.update(guid="01890a5d-ac96-774b-bcce-b302099a8057"),
    ),
    "suppressions on one result": (
        "prose",
        lambda _run, _rule, result: result.update(suppressions=[]),
    ),
    "a baseline state on one result": (
        "prose",
        lambda _run, _rule, result: result.update(baselineState="new"),
    ),
    "28 tags": (
        "prose",
        lambda _run, rule, _result: rule["properties"].update(tags=[f"t{n}" for n in range(28)]),
    ),
    "a security severity that is a number": (
        "prose",
        lambda _run, rule, _result: rule["properties"].update({"security-severity": 8.0}),
    ),
    "no place": (
        "multitool prose",
        lambda _run, _rule, result: result["locations"][0].pop("physicalLocation"),
    ),
    "fewer arguments than placeholders": (
        "multitool prose",
        lambda _run, _rule, result: result["message"]["arguments"].pop(),
    ),
    "a rule's number out of range": (
        "multitool prose",
        lambda _run, _rule, result: result.update(ruleIndex=99),
    ),
    "a property that SARIF has not": (
        "schema multitool",
        lambda _run, _rule, result: result.update(bogus=1),
    ),
    "an empty region": (
        "schema multitool prose",
        lambda _run, _rule, result: _place(result).update(region={}),
    ),
    "a rule without help": ("multitool prose", lambda _run, rule, _result: rule.pop("help")),
    "a notification without help": (
        "multitool",
        lambda run, _rule, _result: run["tool"]["driver"]["notifications"][0].pop("help"),
    ),
    "a rule's message without a period": (
        "multitool",
        lambda _run, rule, _result: rule["messageStrings"]["fail"].update(text="No end"),
    ),
    "a result's message without a period": (
        "prose",
        lambda _run, _rule, result: result["message"].update(text="No end"),
    ),
    "a rule's name that is its id": (
        "multitool prose",
        lambda _run, rule, _result: rule.update(name=rule["id"]),
    ),
    "an absolute uri": (
        "multitool prose",
        lambda _run, _rule, result: _place(result)["artifactLocation"].update(
            uri="file:///c:/x.yaml"
        ),
    ),
    "a rule's id that no rule has": (
        "prose",
        lambda _run, _rule, result: result.update(ruleId=f"{result['ruleId']}/64-bit"),
    ),
    "a rule's id with a slash": (
        "prose",
        lambda _run, rule, result: (rule.update(id="a/b"), result.update(ruleId="a/b")),
    ),
    "two rules of one id": (
        "prose",
        lambda run, rule, _result: run["tool"]["driver"]["rules"].append({**rule, "name": "Other"}),
    ),
    "two results of one fingerprint": (
        "prose",
        lambda run, _rule, result: run["results"][1].update(
            partialFingerprints=result["partialFingerprints"]
        ),
    ),
    "no fingerprint": ("prose", lambda _run, _rule, result: result.update(partialFingerprints={})),
    "fingerprints of a direct producer": (
        "prose",
        lambda _run, _rule, result: result.update(fingerprints={"a": "b"}),
    ),
    "a snippet that the file has not": (
        "multitool prose",
        lambda _run, _rule, result: _place(result)["region"].update(startLine=1),
    ),
    "a relationship to what is not there": (
        "prose",
        lambda _run, rule, _result: rule["relationships"][0]["target"].update(index=99),
    ),
    "a weakness that DefectDojo does not find": (
        "prose",
        lambda _run, rule, _result: rule["relationships"].pop(1),
    ),
}
