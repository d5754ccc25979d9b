"""The doctor's walk by a real ssh to a real sshd."""

import getpass
from collections.abc import Callable
from typing import Any

import pytest

from hklint.doctor.examination import Finding, Mark, Step
from hklint.doctor.walk import reach, session
from hklint.failure import Reason
from hklint.sources import Options
from hklint.target import SshTarget

pytestmark = pytest.mark.services

Sshd = Any
"""The fixture's class; tests are no package to import it from."""

ME = getpass.getuser()


def walk(target: SshTarget, options: Options) -> list[Finding]:
    return [*reach(target, options), *session(target, options)]


def test_every_step(sshd: Sshd, options: Callable[..., Options]) -> None:
    target = SshTarget("127.0.0.1", sshd.port, ME, f"ssh://{ME}@127.0.0.1:{sshd.port}")
    findings = walk(target, options())
    assert [finding.mark for finding in findings] == [Mark.OK] * 7
    assert "OpenSSH" in findings[0].summary
    assert findings[0].details["port"] == str(sshd.port)


def test_the_users_configuration_is_gone_by(sshd: Sshd, options: Callable[..., Options]) -> None:
    place = f" HostName 127.0.0.1\n Port {sshd.port}\n User {ME}"
    file = sshd.configuration(f"Host jump\n{place}\nHost ex01\n{place}\n ProxyJump jump")
    target = SshTarget("ex01", None, None, "ssh://ex01")
    findings = walk(target, options(ssh_config=file))
    not_used = [finding.step for finding in findings if finding.mark is Mark.NOT_USED]
    assert not_used == [Step.NAME, Step.PORT]
    assert findings[-1].failure is None


def test_a_key_that_is_not_accepted(sshd: Sshd, options: Callable[..., Options]) -> None:
    target = SshTarget("127.0.0.1", sshd.port, ME, f"ssh://{ME}@127.0.0.1:{sshd.port}")
    file = sshd.configuration(key="other_user_key")
    *_, last = walk(target, options(ssh_config=file))
    assert last.step is Step.AUTHENTICATION
    assert last.failure is not None
    assert last.failure.reason is Reason.AUTHENTICATION_FAILED
