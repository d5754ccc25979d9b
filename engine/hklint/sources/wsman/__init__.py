"""Hosts asked over WinRM, with pypsrp's WS-Management."""

from hklint.failure import Failure, Reason
from hklint.sources.answered import Held
from hklint.sources.conversation import Conversation
from hklint.sources.line import Line
from hklint.sources.options import DEFAULT_CONFIGURATION, Options
from hklint.sources.wsman.carrier import WsmanCarrier
from hklint.sources.wsman.logon import account_text, find_logon
from hklint.sources.wsman.quiet import silence_libraries
from hklint.target import WsmanTarget


def ask(target: WsmanTarget, request: str, options: Options, deadline: float) -> Held:
    """Ask one host over WinRM, once, within `deadline` seconds."""
    silence_libraries()
    logon = find_logon(target, options)
    if isinstance(logon, Failure):
        return Held(logon)

    def open_carrier(line: Line) -> WsmanCarrier:
        return WsmanCarrier(target, logon, options, line)

    conversation = Conversation(
        target.host,
        options,
        deadline,
        open_carrier,
        function_first=options.configuration.casefold() != DEFAULT_CONFIGURATION.casefold(),
    )
    held = conversation.hold(request, account_text(logon, options))
    if logon.user is not None:
        _record(options, logon.user, held)
    return held


def _record(options: Options, user: str, held: Held) -> None:
    """Count refusals of the account; other failures say nothing about it."""
    if not isinstance(held.result, Failure):
        options.passwords.record(user, accepted=True)
    elif held.result.reason is Reason.AUTHENTICATION_FAILED and held.tried:
        options.passwords.record(user, accepted=False)
