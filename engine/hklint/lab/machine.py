"""A Windows host of the lab: its registry as it is, as it took effect, and its collector."""

import datetime as dt
import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from hklint import collector as contract
from hklint.lab import allow_list, attempt, collector
from hklint.lab.allow_list import AllowList
from hklint.lab.attempt import Handshake
from hklint.lab.host_file import Host
from hklint.lab.network import Network
from hklint.lab.reg_file import merge, parse
from hklint.lab.registry import Registry
from hklint.lab.windows import install

_RUNNING_SINCE = dt.timedelta(days=23)
_ATTEMPTS_AT_ONCE = 16
_STOP_CHECK_SECONDS = 0.1

_Attempt = tuple[dict[str, Any], Handshake]


class Machine:
    """One host. A merged .reg file is in the registry at once and takes effect at a restart.

    `handshakes` lists what its requests did on the wire, in the order they ended.
    """

    def __init__(self, host: Host, network: Network) -> None:
        self.host = host
        self.handshakes: list[Handshake] = []
        self.last_boot = dt.datetime.now(dt.UTC) - _RUNNING_SINCE
        self._network = network
        self._lock = threading.Lock()
        self._registry = install(host)
        self._in_effect = self._registry.copy()
        self._restart_due = False
        self._pool = ThreadPoolExecutor(_ATTEMPTS_AT_ONCE, f"lab-{host.name}")

    @property
    def name(self) -> str:
        """The computer name."""
        return self.host.name

    @property
    def powershell(self) -> str:
        """The version of Windows PowerShell."""
        return self.host.powershell

    @property
    def accounts(self) -> Mapping[str, str]:
        r"""Passwords by account, `DOMAIN\user`."""
        return self.host.accounts

    @property
    def registry(self) -> Registry:
        """A copy of the registry as it is stored now."""
        with self._lock:
            return self._registry.copy()

    @property
    def in_effect(self) -> Registry:
        """The registry as of the last restart: what Schannel and .NET go by."""
        return self._in_effect

    @property
    def restart_due(self) -> bool:
        """Whether something was merged since the last restart."""
        return self._restart_due

    def merge(self, source: bytes | str) -> int:
        """Merge a .reg file and say how many steps it had; RegFileError leaves all as it was."""
        steps = parse(source)
        with self._lock:
            merge(self._registry, steps)
            self._restart_due = True
        return len(steps)

    def restart(self) -> None:
        """Let Schannel and .NET take over what the registry says now."""
        with self._lock:
            self._in_effect = self._registry.copy()
            self.last_boot = dt.datetime.now(dt.UTC)
            self._restart_due = False

    def close(self) -> None:
        """Wait for the requests on their way; they end when the network does."""
        self._pool.shutdown(cancel_futures=True)

    def is_collector(self, script: str) -> bool:
        """Whether a script is the collector's text."""
        return script == contract.script()

    def collect(
        self, request: str, user: str, stopped: threading.Event, allowed: str | None = None
    ) -> str:
        """The collector's answer to a request, both as JSON; it returns soon after `stopped`.

        `allowed` is the allow-list as JSON; without one, all may be asked for.
        """
        begun = time.monotonic()
        try:
            listed = None if allowed is None else allow_list.read_allow_list(allowed)
            asked = collector.read_request(request)
        except collector.RefusedRequestError as error:
            return json.dumps(collector.refusal(error))
        attempts = [
            self._start_attempts(item, stopped)
            if listed is None or item.uri in listed.web_requests
            else None
            for item in asked.web_requests
        ]
        with self._lock:
            registry = [self._read_key(item, listed) for item in asked.registry]
        web_requests = [
            {
                "uri": item.uri,
                "attempts": allow_list.refused_attempts(item)
                if started is None
                else self._finish(started, stopped),
            }
            for item, started in zip(asked.web_requests, attempts, strict=True)
        ]
        if stopped.is_set():
            ended = collector.RefusedRequestError("failed", "The pipeline was stopped.")
            return json.dumps(collector.refusal(ended))
        now = attempt.iso(dt.datetime.now(dt.UTC))
        answer = {
            "version": contract.CONTRACT_VERSION,
            "collector": collector.process(self.host, user, begun),
            "host": self._identity(now, listed) if asked.host else [],
            "registry": registry,
            "web_requests": web_requests,
        }
        return json.dumps(answer)

    def _identity(self, now: str, listed: AllowList | None) -> list[dict[str, Any]]:
        if listed is not None and not listed.host:
            return allow_list.refused_identity()
        return collector.identity(self.host, attempt.iso(self.last_boot), now)

    def _read_key(self, asked: collector.AskedKey, listed: AllowList | None) -> dict[str, Any]:
        item = collector.read_key(self._registry, asked, self.host.culture)
        if listed is None:
            return item
        entry = listed.entry(asked)
        if entry is None:
            return allow_list.refused_key(asked)
        return allow_list.without_refused(item, entry)

    def _start_attempts(
        self, asked: collector.AskedPage, stopped: threading.Event
    ) -> list["Future[_Attempt]"]:
        return [
            self._pool.submit(
                attempt.make,
                asked.uri,
                way,
                asked.timeout_seconds,
                host=self.host,
                in_effect=self._in_effect,
                network=self._network,
                stopped=stopped,
            )
            for way in asked.ways
        ]

    def _finish(
        self, started: list["Future[_Attempt]"], stopped: threading.Event
    ) -> list[dict[str, Any]]:
        while wait(started, _STOP_CHECK_SECONDS).not_done:
            if stopped.is_set():
                return []
        records: list[dict[str, Any]] = []
        for future in started:
            record, handshake = future.result()
            records.append(record)
            self.handshakes.append(handshake)
        return records
