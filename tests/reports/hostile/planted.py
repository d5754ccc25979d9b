"""A snapshot file whose host says the worst in every place that it can fill, and what reads it."""

import json
from typing import Any

LONG = 1_000_000
TEXTS: dict[str, str] = {
    "controls": "\x00\x07\x08\t\x0b\x0c\x1b[2J\x1b]0;own\x07\x1bP\x7f\x80\x9b31m",
    "direction": "\u202egnp.exe\u2066\u2069\u200b\u200f\ufeff\u00ad",
    "line-ends": "a\rb\nc\r\nd\u0085e\u2028f\u2029g",
    "markup": "</script><script>alert(1)</script><!-- --> ]]> &amp; \"' <img src=x onerror=f(1)>",
    "formula": "=cmd|' /C calc'!A0;=1+1,@SUM(1),\t=2",
    "commands": "::error::x\n::stop-commands::y\n##[error]z ##vso[task.complete]w %0A::debug::v",
    "markdown": "[x](javascript:1) ![y](http://z.example/y.png) @team `` | ~~~ <b>\n# h\n\n---",
    "templates": "{0} {{7*7}} ${7*7} {% raw %} #{x} %s %(x)s $(calc)",
    "no-characters": "\ufffe\uffff\U0001ffff\U000e0041\ue000\U0010ffff",
    "path": "..\\..\\..\\etc/passwd:con.nul",
}
"""Every kind of harm, by the name of its registry value; short enough to be shown whole."""
LONE = "\ud800\udc00x\udfff"
"""What a registry may hold and UTF-8 can't; the last is alone, and becomes U+FFFD when read."""
NAME = "EX\u202e\x1b[2J</script>]]>=1\n::error::"
KEY = "SOFTWARE\\</script>]]>&\"'=cmd|{0}`a`"
VALUE = "@SUM(1+1) <b>\"'&]]>"
TARGET = "psrp://ex01"
URI = "https://store.example"
LONG_TEXT = "A" * LONG
POLICY = "hostile"
UNREADABLE = ("denied", "failed", "malformed")
SEVERITIES = ("high", "medium", "low")
AT_ONCE = 9
"""Rules of one severity: GitHub shows ten annotations of a level."""


def policy() -> dict[str, Any]:
    """A policy that reads them all; each of its rules fails or is unknown."""
    names = (*TEXTS, "long", "list", "long-list", "lone", *UNREADABLE)
    rules = [_rule(name, _key(name), name) for name in names]
    rules += [
        _rule("names", KEY, VALUE),
        {
            "id": "request",
            "title": "The store is reached",
            "expect": {"web_request": URI, "outcome": "reached"},
            "why": "It is wanted.",
        },
        {
            "id": "windows",
            "title": "Only on an edition of servers",
            "applies_to": {"product": {"contains": "never"}},
            "expect": _expect(_key("long"), "long"),
            "why": "It is wanted.",
        },
    ]
    return {
        "kind": "policy",
        "id": POLICY,
        "title": "Values as they should be </title>",
        "version": "1.0.0",
        "rules": [
            rule | {"severity": SEVERITIES[number // AT_ONCE]} for number, rule in enumerate(rules)
        ],
    }


def _rule(name: str, key: str, value: str) -> dict[str, Any]:
    return {
        "id": f"value-{name}",
        "title": f"The value {name} is harmless </script> ]]> =1",
        "expect": _expect(key, value),
        "why": "Harmless values <b>harm</b> nobody ]]>.",
        "controls": {"stig": ["V-254344"]},
    }


def _expect(key: str, value: str) -> dict[str, Any]:
    multiple = "list" in value
    return {
        "registry": f"HKLM\\{key}",
        "value": value,
        "type": "REG_MULTI_SZ" if multiple else "REG_SZ",
        "equals": ["harmless"] if multiple else "harmless",
        "absent": "fail",
    }


def _key(name: str) -> str:
    return f"SOFTWARE\\Hostile\\{name}"


def snapshot() -> str:
    """The snapshot as the text of a file, in ASCII: JSON carries everything as escapes."""
    registry = [_present(_key(name), name, "REG_SZ", text) for name, text in TEXTS.items()]
    error = {"type": TEXTS["markup"], "hresult": None, "message": TEXTS["controls"]}
    registry += [
        _present(_key("long"), "long", "REG_SZ", LONG_TEXT),
        _present(_key("list"), "list", "REG_MULTI_SZ", [TEXTS["controls"], TEXTS["direction"]]),
        _present(_key("long-list"), "long-list", "REG_MULTI_SZ", [LONG_TEXT, *["=1"] * 2_000]),
        _present(KEY, VALUE, "REG_SZ", TEXTS["formula"]),
        _present(_key("lone"), "lone", "REG_SZ", LONE),
    ]
    for name in ("denied", "failed"):
        values = [{"name": name, "state": "absent"}]
        registry.append(_asked(_key(name)) | {"state": name, "error": error, "values": values})
    values = [{"name": "malformed", "state": "malformed", "error": error}]
    registry.append(_asked(_key("malformed")) | {"state": "present", "values": values})
    document = {
        "hklint_snapshot": 1,
        "host": NAME,
        "taken_at": TEXTS["commands"],
        "source": {
            "kind": "psrp",
            "target": TARGET,
            "account": TEXTS["markup"],
            "transport": TEXTS["controls"],
            "collector_sha256": TEXTS["formula"],
        },
        "answer": {
            "version": 1,
            "collector": {
                "powershell": TEXTS["markup"],
                "edition": TEXTS["controls"],
                "bits": 64,
                "process": TEXTS["formula"],
                "user": TEXTS["direction"],
                "administrator": True,
                "culture": TEXTS["commands"],
                "milliseconds": 1,
            },
            "host": [
                {"name": "name", "state": "present", "data": NAME},
                {"name": "domain", "state": "present", "data": TEXTS["path"]},
                {"name": "product", "state": "present", "data": TEXTS["formula"]},
                {"name": "edition", "state": "present", "data": LONG_TEXT},
            ],
            "registry": registry,
            "web_requests": [{"uri": URI, "attempts": [_attempt()]}],
        },
    }
    return json.dumps(document)


def _asked(key: str) -> dict[str, Any]:
    return {"hive": "HKLM", "view": "64-bit", "key": key}


def _present(key: str, value: str, kind: str, data: object) -> dict[str, Any]:
    found = {"name": value, "state": "present", "type": kind, "data": data}
    return _asked(key) | {"state": "present", "values": [found]}


def _attempt() -> dict[str, Any]:
    """A request that failed, with everything that a host may say of it in its own words."""
    return {
        "way": "default",
        "result": "error",
        "started": TEXTS["controls"],
        "milliseconds": 10**30,
        "ran_in": "child",
        "process": {"name": TEXTS["markup"], "bits": 64, "powershell": "x", "edition": "y"},
        "security_protocol": {"before": None, "during": None},
        "proxy": TEXTS["markdown"],
        "final_uri": f"https://{TEXTS['direction']}",
        "method": TEXTS["formula"],
        "http_status": None,
        "status": TEXTS["markup"],
        "error_id": TEXTS["commands"],
        "exceptions": [
            {"type": LONG_TEXT, "hresult": None, "native_error": None, "socket_error": None}
        ],
        "message": TEXTS["controls"],
    }


WAIVERS = {
    "kind": "waivers",
    "id": "hostile-waivers",
    "waivers": [
        {
            "id": "accepted",
            "rule": "value-markdown",
            "hosts": ["*"],
            "reason": "</script> ]]> =1 <img src=x> [a](javascript:1) \"'&",
            "owner": "@SUM(1)",
            "approver": "=1+1",
            "ticket": "<b>T-1</b>",
            "from": "2020-01-01T00:00:00Z",
            "until": "2100-01-01T00:00:00Z",
        }
    ],
}
