"""Forms of a fix: the same steps for each of the tools that can make them."""

from collections.abc import Callable, Mapping

from hklint.fix import Fix
from hklint.fixing.forms import ansible, group_policy, powershell, reg

FORMS: tuple[Callable[[Fix], Mapping[str, bytes]], ...] = (
    reg.files,
    powershell.files,
    group_policy.files,
    ansible.files,
)
"""Each gives its files by their names. They raise DataError for data that they can't hold."""


def files(fix: Fix) -> dict[str, bytes]:
    """The files of all forms."""
    return {name: content for form in FORMS for name, content in form(fix).items()}
