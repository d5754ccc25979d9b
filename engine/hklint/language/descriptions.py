"""What each key of a document means, as an editor shows it and as messages explain it.

Operators are explained by their docstrings; a key that means different things in different company
is described where its shape is defined.
"""

DESCRIPTIONS: dict[str, str] = {
    # every document
    "kind": "What the document is: policy, model, profile, waivers or tests.",
    "title": "In a few words what this is; of a rule, a statement that is true of a healthy host.",
    "description": "What readers of the document should know.",
    "references": "Public pages that this rests on, each with title and url.",
    "url": "The page's address, beginning with https://.",
    "parameters": "What can be set from outside; {name} in a text stands for the value.",
    # policies and rules
    "rules": "What must be so on the hosts that the policy is meant for.",
    "severity": "How bad it is when the rule fails.",
    "tags": "Words to find the rule by.",
    "controls": "Entries of public catalogues that the rule serves, a list for each catalogue.",
    "expect": (
        "What must be so: a registry value, the state of a model, a request's outcome, or that the "
        "hosts of a group are alike."
    ),
    "consistent": "What must be the same: a model's state, a registry value, or a host's field.",
    "outcome": "The outcome or outcomes of the request that pass, such as reached.",
    "absent": (
        "What a value that is not there means: fail, pass, not_applicable, or {means: VALUE} for "
        "a documented default. It has no default on purpose."
    ),
    "means": "In words what the state means; under absent, the value that counts instead.",
    "default": "The value that is used unless the user sets another.",
    "type": "The type of the value; of a parameter, what it takes.",
    "write": "What a fix writes; without it, the operand of equals.",
    "affects": "What mending the rule may break; shown before the fix.",
    # models
    "model": "The id of a model.",
    "with": "The parameters of that model.",
    "inputs": "What the table looks at: registry values, host fields, requests, other models.",
    "states": "What a combination can mean, each with a sentence.",
    "rows": "The table: every combination of cases and parameters meets exactly one row.",
    "cases": "Everything the input can be, under names that the rows use; no two may overlap.",
    "when": "The cases, states or parameters this row is for; what is left out may be any.",
    "state": "The state, or where several may pass, the states.",
    "because": (
        "The sentence people read. It may name {parameter}, {input.value} and {input.case}."
    ),
    "value": "Name of the registry value; empty text is the key's default value.",
    "web_request": "The https URL that the host requests, or a parameter in braces.",
    "way": "How the request chooses its protocols.",
    # waivers
    "waivers": "Verdicts that somebody has accepted, each for some hosts and some time.",
    "reason": "Why it is accepted, for those who read the report.",
    "owner": "Who sees to it that the waiver is not needed for ever.",
    "approver": "Who has accepted the risk.",
    "ticket": "Where the decision is written down.",
    # tests
    "name": "What is special about the case, in a few words.",
    "hosts": "Facts by name that cases build on.",
}
