"""The benchmark: what was judged, as far as it is the same for all hosts."""

from collections.abc import Iterator

from hklint.clock import utc
from hklint.run import Run
from hklint_reports.digest.tally import numbers, size
from hklint_reports.text import xml_text
from hklint_reports.wording import exit_reason
from hklint_reports.xccdf.markup import element
from hklint_reports.xccdf.names import benchmark_id, group_id, profile_id
from hklint_reports.xccdf.rules import Rules, rule_lines

NAMESPACE = "http://checklists.nist.gov/xccdf/1.2"
WINDOWS = "cpe:/o:microsoft:windows"
"""In the older of CPE's two spellings, which OpenSCAP's Schematron remarks on: OpenSCAP 1.3.7 takes
a document for invalid that its Schematron has nothing to say of."""
ONE_OF_MANY = (
    "The run is about several hosts. OpenSCAP and other readers show the results of one of them; "
    "what they show says nothing of the others. `--report xccdf=FOLDER/` writes a file for each."
)
CLOSING = "</Benchmark>\n"


def opening(run: Run, rules: Rules) -> Iterator[str]:
    """The benchmark up to its test results, which come before `CLOSING`."""
    header = run.header
    yield f'<Benchmark xmlns="{NAMESPACE}" xmlns:html="http://www.w3.org/1999/xhtml"'
    yield ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    yield f' id="{benchmark_id(header)}" resolved="true" xml:lang="en">\n'
    yield f'<status date="{utc(header.started).date()}">accepted</status>\n'
    yield element("title", ", ".join(policy.title for policy in header.policies))
    yield "<description>\n"
    for line in _about(run):
        yield f"<html:p>{xml_text(line)}</html:p>\n"
    yield "</description>\n"
    yield f'<platform idref="{WINDOWS}"/>\n'
    yield element("version", version(run))
    yield "<metadata>\n"
    for policy in header.policies:
        yield element("dc:source", f"{policy.path}, sha256 {policy.sha256}")
    yield "</metadata>\n"
    yield f'<Profile id="{profile_id(header)}">\n'
    yield element("title", ", ".join(header.profiles) or "All rules of the policies")
    for rule in rules.values():
        yield f'<select idref="{rule.id}" selected="true"/>\n'
    yield "</Profile>\n"
    for policy in header.policies:
        yield f'<Group id="{group_id(policy)}">\n'
        yield element("title", policy.title)
        for rule in rules.values():
            if rule.policy is policy:
                yield from rule_lines(run, rule)
        yield "</Group>\n"


def version(run: Run) -> str:
    """The policy's version or, of several policies, the version of each."""
    policies = run.header.policies
    if len(policies) == 1:
        return policies[0].version
    return ", ".join(f"{policy.id} {policy.version}" for policy in policies)


def _about(run: Run) -> Iterator[str]:
    """Where the report comes from, and what the run as a whole came to."""
    header, summary = run.header, run.summary
    yield f"hklint {header.hklint} {header.command}, from {header.started} to {summary.ended}."
    yield f"Exit code {summary.exit_code}: {exit_reason(run)}."
    tally = ", ".join(number.text for number in numbers(run))
    yield f"All hosts together: {tally} ({size(run)})."
    if summary.hosts > 1:
        yield ONE_OF_MANY
    for policy in header.policies:
        yield f"Policy {policy.id} {policy.version}: {policy.path}, sha256 {policy.sha256}."
    for name, value in header.parameters.items():
        yield f"Parameter {name}: {value}"
