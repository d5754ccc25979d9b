"""The public catalogues whose entries a rule may serve: the closed list that `controls` takes."""

import msgspec


class Catalogue(msgspec.Struct, frozen=True):
    """A catalogue of requirements or weaknesses that an organisation publishes.

    `id` is what policies and `Control.catalogue` call it, `short` what people do. `version` is the
    edition that ids are of, or "" where an id means the same in all of them. `pattern` is a regular
    expression that the whole of an id matches, `example` such an id. `entry` is the address of an
    entry's own page, with `{}` for the number in its id, or "" where there is no such page.
    """

    id: str
    short: str
    title: str
    version: str
    organisation: str
    uri: str
    pattern: str
    example: str
    entry: str = ""

    @property
    def name(self) -> str:
        """What people call it, with its edition, such as `NIST SP 800-53 Revision 5`."""
        return f"{self.short} {self.version}".rstrip()

    def entry_uri(self, control: str) -> str:
        """The address of an entry's own page, or "" if the catalogue has none."""
        return self.entry.format(control.rpartition("-")[2]) if self.entry else ""


CATALOGUES: dict[str, Catalogue] = {
    catalogue.id: catalogue
    for catalogue in (
        Catalogue(
            "nist-800-53",
            "NIST SP 800-53",
            "Security and Privacy Controls for Information Systems and Organizations",
            "Revision 5",
            "National Institute of Standards and Technology",
            "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
            r"(AC|AT|AU|CA|CM|CP|IA|IR|MA|MP|PE|PL|PM|PS|PT|RA|SA|SC|SI|SR)-[1-9][0-9]?"
            r"(\([1-9][0-9]?\))?",
            "SC-8(1)",
        ),
        Catalogue(
            "cwe",
            "CWE",
            "Common Weakness Enumeration",
            "",
            "MITRE Corporation",
            "https://cwe.mitre.org/",
            r"CWE-[1-9][0-9]{0,4}",
            "CWE-326",
            "https://cwe.mitre.org/data/definitions/{}.html",
        ),
        Catalogue(
            "cis-controls",
            "CIS Controls",
            "CIS Critical Security Controls",
            "8.1",
            "Center for Internet Security",
            "https://www.cisecurity.org/controls/v8-1",
            r"([1-9]|1[0-8])\.([1-9]|1[0-4])",
            "3.10",
        ),
        Catalogue(
            "stig",
            "DISA STIGs",
            "Security Technical Implementation Guides",
            "",
            "Defense Information Systems Agency",
            "https://public.cyber.mil/stigs/",
            r"V-[1-9][0-9]{2,6}",
            "V-254344",
        ),
        Catalogue(
            "cci",
            "DISA CCI",
            "Control Correlation Identifiers",
            "",
            "Defense Information Systems Agency",
            "https://public.cyber.mil/stigs/cci/",
            r"CCI-[0-9]{6}",
            "CCI-002418",
        ),
    )
}
"""Every catalogue by its id, in the order of reports."""
