"""What SARIF's text, GitHub, GitLab and DefectDojo demand beyond the schema."""

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


ARGUMENTS = {"fail": 5, "pass": 3, "open": 3, "notApplicable": 3, "absent": 2}
KINDS = ("fail", "pass", "open", "notApplicable", "informational", "review")


def problems(log: Json, *, findings: bool = True) -> list[str]:
    """Every demand that a log does not meet; with `findings` all its results have to be some."""
    return [
        *_log_problems(log),
        *(text for run in log["runs"] for text in _run_problems(run, findings=findings)),
    ]


def _log_problems(log: Json) -> Iterator[str]:
    if len(log["runs"]) > 20:
        yield "GitHub: more than 20 runs"
    if len(gzip.compress(json.dumps(log).encode())) > 10_000_000:
        yield "GitHub: more than 10 MB when packed"
    categories = [run["automationDetails"]["id"].rpartition("/")[0] for run in log["runs"]]
    if len(set(categories)) < len(categories):
        yield "GitHub: two runs of one category"


def _run_problems(run: Json, *, findings: bool) -> Iterator[str]:
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    ids = [rule["id"] for rule in rules]
    if len(set(ids)) < len(ids):
        yield "two rules of one id"
    yield from _alike_problems(results)
    for rule in rules:
        yield from _rule_problems(rule)
        yield from _taxonomy_problems(rule, run.get("taxonomies", []))
    for result in results:
        if result["ruleIndex"] >= len(ids) or result.get("ruleId") != ids[result["ruleIndex"]]:
            yield "GitHub: no rule has the ruleId, so there is no security severity"
        if findings and (result["kind"] != "fail" or result.get("baselineState") == "absent"):
            yield "many readers take a result of any kind for a finding"
        yield from _result_problems(result)
        yield from _place_problems(result, _texts(run))


def _alike_problems(results: list[Json]) -> Iterator[str]:
    for key in ("suppressions", "baselineState"):
        if 0 < sum(key in result for result in results) < len(results):
            yield f"SARIF 3.27.23, 3.27.24: {key} stands on some results and not on others"
    if len(results) > 25_000:
        yield "GitHub: more than 25,000 results"
    for key in ("guid", "partialFingerprints"):
        marks = [json.dumps(result.get(key)) for result in results]
        if len(set(marks)) < len(marks):
            yield f"two results of one {key}"


def _rule_problems(rule: Json) -> Iterator[str]:
    properties = rule.get("properties", {})
    if rule["name"] == rule["id"]:
        yield "SARIF 3.49.7: a name that is the id"
    if "/" in rule["id"]:
        yield "SARIF 3.49.3: a hierarchical rule id"
    if len(properties.get("tags", [])) > 10:
        yield "GitHub: more than 10 tags"
    for key in ("shortDescription", "fullDescription", "help"):
        text = rule.get(key, {}).get("text", "")
        if not text:
            yield f"GitHub: no {key}"
        if key != "help" and len(text) > 1024:
            yield f"GitHub, GitLab: {key} is longer than 1,024 characters"
    score = properties.get("security-severity")
    if score is not None and not (isinstance(score, str) and 0 < float(score) <= 10):
        yield "GitHub: security-severity is a string, over 0 and up to 10"


def _taxonomy_problems(rule: Json, taxonomies: list[Json]) -> Iterator[str]:
    targets: list[str] = []
    for relationship in rule.get("relationships", []):
        target = relationship["target"]
        taxonomy = taxonomies[target["toolComponent"]["index"]]
        taxa = [taxon["id"] for taxon in taxonomy["taxa"]]
        if taxonomy["name"] != target["toolComponent"]["name"]:
            yield "a relationship to another taxonomy than it names"
        if target["index"] >= len(taxa) or taxa[target["index"]] != target["id"]:
            yield "a relationship to another entry than it names"
        targets.append(target["id"].lower())
    tags = rule.get("properties", {}).get("tags", [])
    weaknesses = {tag.rpartition("/")[2] for tag in tags if tag.startswith("external/cwe/")}
    if not weaknesses.issubset(targets):
        yield "DefectDojo: with relationships, a CWE in the tags is not looked for"


def _result_problems(result: Json) -> Iterator[str]:
    kind, level = result.get("kind", "fail"), result.get("level")
    if kind not in KINDS:
        yield "SARIF 3.27.9: no such kind"
    if kind == "fail" and level not in ("error", "warning", "note"):
        yield "SARIF 3.27.10: a finding without a level"
    if kind != "fail" and (level != "none" or "rank" in result):
        yield "SARIF 3.27.10, 3.27.25: a level or a rank of what is no finding"
    if "fingerprints" in result:
        yield "SARIF 3.27.16: fingerprints are not for direct producers"
    marks = result.get("partialFingerprints", {})
    if "primaryLocationLineHash" not in marks:
        yield "GitHub: no primaryLocationLineHash, so hosts collapse into one alert"
    for name in marks:
        if "/" in name and not re.fullmatch(r".+/v\d+", name):
            yield "DefectDojo: a fingerprint's name with / ends in /vN"
    if len(result["locations"][0].get("logicalLocations", [])) > 100:
        yield "GitHub: more than 100 locations"
    yield from _message_problems(result)


def _message_problems(result: Json) -> Iterator[str]:
    arguments = result["message"].get("arguments", [])
    if len(arguments) > 5:
        yield "DefectDojo: more than 5 message arguments"
    if len(arguments) != ARGUMENTS[result["message"]["id"].removesuffix("-hosts")]:
        yield "SARIF 3.11.11: not as many arguments as the rule's message has placeholders"
    if not result["message"]["text"].endswith("."):
        yield "SARIF2001: a message ends with a period"


def _texts(run: Json) -> dict[str, list[str]]:
    return {
        artifact["location"]["uri"]: artifact["contents"]["text"].split("\n")
        for artifact in run["artifacts"]
        if "contents" in artifact
    }


def _place_problems(result: Json, texts: dict[str, list[str]]) -> Iterator[str]:
    place = result["locations"][0].get("physicalLocation", {})
    uri = place.get("artifactLocation", {}).get("uri", "")
    region = place.get("region", {})
    if not uri or "startLine" not in region:
        yield "GitHub, GitLab, DefectDojo: no physicalLocation with uri and startLine"
        return
    if ":" in uri or uri.startswith("/") or ".." in uri.split("/"):
        yield "GitHub: the uri is not relative"
    lines = texts.get(uri, [])[region["startLine"] - 1 : region["startLine"]]
    piece = "".join(lines)[region["startColumn"] - 1 : region["endColumn"] - 1]
    if piece != region.get("snippet", {}).get("text"):
        yield "the snippet is not what the file has at that place"
