"""ARF 1.1 for compliance tools: for each host a file with its asset, the benchmark and the results.

The format is that of NISTIR 7694, https://csrc.nist.gov/pubs/ir/7694/final, with the asset as in
NISTIR 7693. The benchmark is the content of the request, in a data stream as SCAP wants it (NIST
SP 800-126 revision 3), because OpenSCAP looks for it there.
"""

from collections.abc import Iterator

from hklint.clock import utc
from hklint.run import HostResult, Run
from hklint_reports import DEFAULTS, Folder, Options
from hklint_reports.target import target_of
from hklint_reports.text import xml_attribute
from hklint_reports.xccdf.benchmark import CLOSING, opening
from hklint_reports.xccdf.markup import element
from hklint_reports.xccdf.results import result_lines
from hklint_reports.xccdf.rules import rules_of

_COLLECTION = "scap_hklint_collection_policies"
_STREAM = "scap_hklint_datastream_policies"
_REFERENCE = "scap_hklint_cref_benchmark"
_COMPONENT = "scap_hklint_comp_benchmark"
_HEAD = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<arf:asset-report-collection
 xmlns:arf="http://scap.nist.gov/schema/asset-reporting-format/1.1"
 xmlns:core="http://scap.nist.gov/schema/reporting-core/1.1"
 xmlns:ai="http://scap.nist.gov/schema/asset-identification/1.1"
 xmlns:ds="http://scap.nist.gov/schema/scap/source/1.2"
 xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:arfvocab="http://scap.nist.gov/specifications/arf/vocabulary/relationships/1.0#">
<core:relationships>
<core:relationship type="arfvocab:createdFor" subject="results">
<core:ref>policies</core:ref></core:relationship>
<core:relationship type="arfvocab:isAbout" subject="results">
<core:ref>host</core:ref></core:relationship>
</core:relationships>
<arf:report-requests><arf:report-request id="policies"><arf:content>
<ds:data-stream-collection id="{_COLLECTION}" schematron-version="1.2">
<ds:data-stream id="{_STREAM}" scap-version="1.2" use-case="OTHER">
<ds:checklists><ds:component-ref id="{_REFERENCE}" xlink:href="#{_COMPONENT}"/></ds:checklists>
</ds:data-stream>
"""
_BETWEEN = """\
</ds:component>
</ds:data-stream-collection>
</arf:content></arf:report-request></arf:report-requests>
<arf:assets><arf:asset id="host">
"""
_BEFORE_RESULTS = """\
</arf:asset></arf:assets>
<arf:reports><arf:report id="results"><arf:content>
"""
_TAIL = """\
</arf:content></arf:report></arf:reports>
</arf:asset-report-collection>
"""


def write_files(run: Run, folder: Folder, options: Options = DEFAULTS) -> None:
    """Write a file for each host."""
    del options
    rules = rules_of(run)
    component = (
        f'<ds:component id="{_COMPONENT}" timestamp="{utc(run.header.started).isoformat()}">'
    )
    head = "".join((_HEAD, component, "\n", *opening(run, rules), CLOSING, _BETWEEN))
    for number, host in enumerate(run.hosts, 1):
        with folder.open(host.host, ".arf.xml") as stream:
            stream.write(head)
            stream.writelines(_asset(host))
            stream.write(_BEFORE_RESULTS)
            stream.writelines(result_lines(run, rules, host, number, f"#{_COMPONENT}"))
            stream.write(_TAIL)


def _asset(host: HostResult) -> Iterator[str]:
    """The computer; its address is known only if it was asked by its address.

    The pattern of names in the schema has no `_`, which names in Windows may have: XCCDF's facts
    have those as well.
    """
    target = target_of(host)
    yield "<ai:computing-device>\n"
    yield f'<ai:synthetic-id resource="urn:hklint:host" id={xml_attribute(host.host)}/>\n'
    if target.address is not None:
        kind, text = f"ai:ip-v{target.address.version}", target.address.exploded
        yield f"<ai:connections><ai:connection><ai:ip-address><{kind}>{text}</{kind}>"
        yield "</ai:ip-address></ai:connection></ai:connections>\n"
    for kind, name in (("fqdn", target.fqdn), ("hostname", target.host_name)):
        if name and "_" not in name:
            yield element(f"ai:{kind}", name)
    yield "</ai:computing-device>\n"
