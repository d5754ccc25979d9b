"""What each field of the JSON report means, for its schema and for docs/json.md."""

DESCRIPTIONS: dict[str, dict[str, str]] = {
    "Report": {
        "$schema": "The file that holds the schema, beside the report.",
        "format": "Always `hklint-report`.",
        "version": "Always 1. Fields may be added to it; none goes away or changes its meaning.",
        "run": "What was asked for.",
        "summary": "What it came to.",
        "hosts": "The hosts, in the order of the targets given.",
    },
    "Run": {
        "tool": "What made the run.",
        "command": "The command: `check` or `gate`.",
        "arguments": "The command line as given.",
        "started": "When the run began, in UTC.",
        "ended": "When it ended, in UTC.",
        "interrupted": "Whether it was stopped before its end.",
        "targets": "How many hosts were to be asked; after an interruption `hosts` has fewer.",
        "fail_on": "The least severity that counts for the exit code.",
        "allow_unknown": "Whether unknown verdicts don't count for the exit code.",
        "expired_waivers": "What a verdict counts whose waiver has expired: `fail`, or `warn`.",
        "profiles": "The ids of the profiles that were asked for.",
        "parameters": "The parameters of the policies.",
        "policies": "The policies, with the rules that were judged.",
        "waivers": "All waivers that were given.",
        "baseline": "The earlier run that verdicts were compared with, or null.",
        "since": "The earlier run since which changes are told, or null.",
        "groups": "The groups that were given with `--group`; without any, all hosts are one.",
    },
    "Tool": {
        "name": "Always `hklint`.",
        "version": "Its version.",
        "collector_sha256": "The SHA-256 of the script that asked the hosts.",
    },
    "Policy": {
        "id": "The policy's id.",
        "title": "What it is.",
        "version": "Its version.",
        "path": "Its document.",
        "sha256": "The SHA-256 of that document.",
        "rules": "Its rules that were judged.",
    },
    "Rule": {
        "id": "The rule's id, unique in its policy.",
        "title": "A statement that is true of a healthy host.",
        "severity": "How bad it is when the rule fails.",
        "level": "The level of profiles that it belongs to.",
        "why": "Why it matters.",
        "remedy": "How it is put right.",
        "references": "The pages that it rests on.",
        "tags": "Words to find it by.",
        "controls": "Entries of public catalogues that it serves.",
        "place": "Its id in the policy.",
    },
    "Reference": {"title": "The page's title.", "url": "Its address."},
    "Control": {
        "catalogue": "The catalogue, such as `nist-800-53` or `cwe`.",
        "id": "The entry, such as `SC-8` or `CWE-326`.",
    },
    "Parameter": {
        "name": "The parameter.",
        "value": "The value that was used.",
        "source": 'Where that was given; "" where it is not known.',
    },
    "Baseline": {
        "path": "The file of the earlier run.",
        "started": "When that run began, in UTC; null where that is not known.",
        "hosts": "How many hosts it had.",
    },
    "Since": {
        "path": "The file of the earlier run.",
        "started": "When that run began, in UTC; null where that is not known.",
        "hosts": "How many hosts it had.",
    },
    "Waiver": {
        "id": "The waiver's id.",
        "policy": 'The policy that has the rule, or "" for any.',
        "rule": "A rule's id, or one of its verdicts with the instance in brackets.",
        "hosts": "Names and patterns of hosts.",
        "reason": "Why it was accepted.",
        "owner": "Who cares for it.",
        "approver": "Who accepted the risk.",
        "ticket": "Where that is written down.",
        "valid_from": "When it begins, in UTC.",
        "until": "When it is over, in UTC.",
        "unknown": "Whether it also accepts that the rule can't be judged.",
        "state": "Where the run's beginning stands in its time.",
        "matched": "How many verdicts are of its rule and hosts.",
        "needed": "How many of these are what it is for, whether or not it was in force.",
        "unwaived": "How many of these no waiver accepts.",
        "not_judged": "How many hosts it names that gave no answer.",
        "place": "Its id in its document.",
    },
    "Summary": {
        "exit_code": "The exit code of the command.",
        "exit_reason": "Why it is that one.",
        "gate": "The answer of `hklint gate`; null for other commands.",
        "hosts": "How many hosts there are in `hosts`.",
        "hosts_not_reached": "How many of these gave no answer.",
        "verdicts": "The verdicts by outcome.",
        "waived": "How many of these a waiver accepts.",
    },
    "Gate": {"open": "Whether it is open.", "reason": "Why, in one line."},
    "Counts": {
        "pass": "Verdicts that passed.",
        "fail": "Verdicts that failed.",
        "unknown": "Verdicts that could not be judged. They are never a pass.",
        "not_applicable": "Verdicts of rules that don't apply.",
    },
    "Host": {
        "name": "The name by which you know the host.",
        "target": "What was asked: an address, or the file of a snapshot.",
        "windows": 'Its Windows in words, or "" where that is not known.',
        "started": "When it was asked, in UTC; null if it never was.",
        "seconds": "How long that took.",
        "recorded": "Whether its facts were read earlier, and not by this run.",
        "recorded_at": "When, in UTC; null if `recorded` is false or the time is not known.",
        "failure": "Why it gave no answer; null if it did.",
        "diagnoses": "The causes behind its verdicts.",
        "verdicts": "Its verdicts; none if it gave no answer.",
        "gone": "What failed in the baseline, and on this host fails no more.",
        "since": (
            "Whether the earlier run has the host: `compared`, `absent`, or `not_reached` if it "
            "gave no answer then. Null without one, and for a host that gives no answer now."
        ),
    },
    "Failure": {
        "reason": "Why, as a word; `hklint explain failure` lists and explains them.",
        "phase": 'How far the conversation went, or "".',
        "detail": "What was seen.",
        "meaning": "What the reason means.",
        "advice": "What to do first.",
    },
    "Diagnosis": {
        "policy": "The policy that asks for it.",
        "model": "The model that found it.",
        "state": 'The cause as a word, or "" where it is not known.',
        "title": "The cause in a few words.",
        "sentence": "What the administrator should read first.",
        "works": "Whether nothing is wrong.",
        "facts": "What it rests on.",
        "rows": "The rows of decision tables that decided.",
        "next_steps": "What to do, in this order.",
    },
    "Verdict": {
        "name": "The rule with its instance, such as `style[role=Client]`.",
        "policy": "The policy's id.",
        "rule": "The rule's id.",
        "instance": 'What tells the verdicts of one rule apart, or "".',
        "title": "A statement that is true of a healthy host.",
        "severity": "How bad it is if it failed.",
        "outcome": "The judgement. A waived failure is a failure.",
        "counts": (
            "Whether the exit code counts it: it failed or is unknown (unless that is allowed), is "
            "severe enough, not waived, and not in the baseline; or it passes without being in "
            "effect; or its waiver has expired, and that is to count."
        ),
        "expected": "What the policy wants.",
        "found": 'What there was, or "" where that is not known.',
        "reason": 'Why it is unknown or not applicable, or "".',
        "place": "The expected value in the policy.",
        "waiver": "The waiver that accepts it, or null.",
        "expired_waiver": "The waiver that would, had it not expired, or null.",
        "baseline_state": (
            "Of a failed or unknown verdict: `new`, `unchanged`, or `updated` if the baseline has "
            "it in other words. Null for others, and without a baseline."
        ),
        "effect": (
            "Of a verdict that passes: `pending` if the values are set and take effect after a "
            "restart of the computer, `unknown` if nobody can tell whether it has restarted since "
            "they were changed. Null if it is in effect as far as known."
        ),
        "since": (
            "What became of it since the earlier run: `fixed`; `pending`, which passes but may not "
            "be in effect; `unchanged`; `worse`; `new` if it was not judged then; `gone` if it "
            "does not apply any more. Null if it was well and is well, and without such a run."
        ),
        "facts": "What was read.",
        "rows": "The rows of decision tables that decided.",
        "explanation": "The verdict in sentences.",
        "changes": "What the fix writes.",
        "consistency": "Who has what in the host's group; null for rules that compare no hosts.",
    },
    "Fact": {
        "name": r"What was asked in words, such as `HKLM\SOFTWARE\Example: Enabled [64-bit]`.",
        "shown": "What came of it in words, such as `0 (REG_DWORD)`.",
        "asked": "What was asked, by `kind`.",
        "found": "What came of it, by `state`.",
    },
    "AskedValue": {
        "kind": "Always `registry`.",
        "hive": "The registry's hive.",
        "key": "The key below the hive.",
        "value_name": 'The name of the value; "" is the default value of the key.',
        "view": "The view of the registry.",
    },
    "AskedName": {
        "kind": "Always `registry_name`.",
        "hive": "The registry's hive.",
        "key": "The key below the hive.",
        "value_name": "The name of the value.",
        "view": "The view of the registry.",
    },
    "AskedKey": {
        "kind": "Always `registry_key`.",
        "hive": "The registry's hive.",
        "key": "The key below the hive.",
        "view": "The view of the registry.",
    },
    "AskedField": {
        "kind": "Always `host`.",
        "field": "The field, such as `build`.",
    },
    "AskedRequest": {
        "kind": "Always `web_request`.",
        "uri": "The address.",
        "way": "How the request chooses its protocols.",
    },
    "Present": {
        "state": "Always `present`.",
        "type": (
            "`REG_DWORD` and so on; `key` or `name`, where being there is all; of a field `text`, "
            "`integer` or `version`; of a request `outcome`."
        ),
        "data": "A number, a text, the texts of a REG_MULTI_SZ; of REG_BINARY its hexadecimal.",
    },
    "Group": {
        "name": "Its name.",
        "hosts": "Its hosts as they were given: names, and patterns with `*` and `?`.",
    },
    "Absent": {"state": "Always `absent`.", "missing": "What is not there."},
    "Unreadable": {
        "state": "Always `unreadable`.",
        "reason": "Why nobody knows.",
        "detail": "What was seen.",
    },
    "Row": {
        "model": "The model that the table is of.",
        "subject": 'What it was asked about, such as `TLS 1.2 Client`, or "".',
        "number": "The row, counted from 1.",
        "of": "How many rows the table has.",
        "state": "What the row says.",
        "because": "The same in a sentence.",
        "place": "The row's state in its document.",
    },
    "Explanation": {
        "read": "What was read, line by line.",
        "means": "What that means on this Windows.",
        "missing": "What could not be read and would decide.",
        "matters": "What follows from it.",
        "affects": "What the change may break.",
        "fix": "What to change, line by line.",
        "then": "What to do next.",
    },
    "Change": {
        "name": "The value in words.",
        "asked": "Which value it is, as in facts.",
        "type": "The type to write, such as `REG_DWORD`.",
        "data": "What to write, as in facts.",
        "restart": "What has to be restarted before it takes effect.",
    },
    "Consistency": {
        "group": 'The group\'s name, or "" where all hosts are one group or it has none.',
        "has": 'What this host has, or "" where that is not known.',
        "hosts": "Of how many hosts of the group it is known.",
        "different": "How many different things they have.",
        "shares": "Who has what: the largest shares first, ten at most.",
        "not_known": "The hosts of the group of which it is not known, or null.",
    },
    "Share": {
        "has": 'What they have, or "" where that is not known.',
        "hosts": "How many they are.",
        "names": "Ten of them at most.",
    },
    "Mark": {
        "id": "The waiver's id.",
        "reason": "Why it was accepted.",
        "owner": "Who cares for it.",
        "approver": "Who accepted the risk.",
        "ticket": "Where that is written down.",
        "until": "When it is over, in UTC.",
        "place": "Its id in its document.",
    },
    "Gone": {
        "policy": "The policy's id.",
        "rule": "The rule's id.",
        "instance": 'What tells the verdicts of one rule apart, or "".',
        "title": "A statement that is true of a healthy host.",
        "severity": "How bad it was.",
        "now": "Its verdict now; `absent`: there is none. Null in runs of before.",
    },
    "Place": {
        "path": "The document.",
        "line": "The line, counted from 1.",
        "column": "The column in characters, counted from 1.",
    },
}
"""By shape and field, in the order of docs/json.md."""
