"""Faults for tests: what a host does wrong, as data."""

import threading
from collections import Counter
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What goes wrong.

    A new kind is a line here, and one in a table: `hklint.lab.wire.wrong_responses` for what is
    sent instead of an answer, `hklint.lab.wire.spoiled` for what is done to the right one. Any
    other is a case in `hklint.lab.wire.conversation`.
    """

    # Instead of an answer.
    REFUSE = "refuse"
    """401, whatever the credentials.

    At an action over sealed HTTP, a client that logs on again and repeats what it sealed gets 400.
    """
    FORBID = "forbid"
    """403."""
    UNAVAILABLE = "unavailable"
    """503, as HTTP.sys answers for a service that is down."""
    STATUS = "status"
    """The HTTP status `code`, without a body."""
    HANG = "hang"
    """No answer until the host stops or restarts."""
    DROP = "drop"
    """The connection is closed instead of an answer."""
    RESTART = "restart"
    """The WinRM service restarts instead of an answer."""
    GARBAGE = "garbage"
    """200 with what is no XML."""
    HTML = "html"
    """200 with a web page, as from a proxy."""
    TRUNCATED = "truncated"
    """The connection is closed in the middle of an answer."""
    ENDLESS_HEAD = "endless-head"
    """200, and headers without end."""
    ENDLESS_CONTINUE = "endless-continue"
    """100, again and again."""
    ENDLESS_BODY = "endless-body"
    """200 with a body without end."""
    ENDLESS_CHUNKS = "endless-chunks"
    """The same in chunks."""
    ENDLESS_CHUNK = "endless-chunk"
    """200 with a chunk whose length is written without end."""
    ACCESS_DENIED = "access-denied"
    """The WSMan fault 5."""
    FAULT = "fault"
    """The WSMan fault `code`."""
    BARE_FAULT = "bare-fault"
    """A SOAP fault without a code of WSMan."""

    # The right answer, but for its time or form.
    SLOW = "slow"
    """`seconds` late."""
    TRICKLE = "trickle"
    """Byte by byte, one every `seconds`."""
    UNSEALED = "unsealed"
    """Not encrypted, whatever the request was."""

    # The right answer with something wrong in it.
    WRONG_RELATES_TO = "wrong-relates-to"
    """As if it were to another request."""
    WRONG_SHELL = "wrong-shell"
    """About another shell."""
    WRONG_COMMAND = "wrong-command"
    """About another command."""
    WRONG_POOL = "wrong-pool"
    """Its PSRP messages are those of another pool."""
    WRONG_PIPELINE = "wrong-pipeline"
    """Its PSRP messages are those of another pipeline."""
    HUGE = "huge"
    """Two megabytes longer than it need be."""
    SCRAMBLED = "scrambled"
    """Some bytes are others; `code` says which."""

    # Markup: instead of the answer or, with `inside`, instead of each of its PSRP messages.
    CUT_MARKUP = "cut-markup"
    """The first half of the right XML."""
    ENTITIES = "entities"
    """Entities in entities, ten deep (billion laughs)."""
    LARGE_ENTITY = "large-entity"
    """One large entity, very often (quadratic blow-up)."""
    EXTERNAL_ENTITY = "external-entity"
    """An entity that is a file of whoever reads it."""
    PARAMETER_ENTITY = "parameter-entity"
    """An entity of the document type itself."""
    UTF16_ENTITIES = "utf16-entities"
    """Entities in entities, and all of it in UTF-16."""
    DEEP = "deep"
    """Elements in elements, 50,000 deep."""
    WIDE = "wide"
    """100,000 small elements."""

    # Fragments of PSRP messages, in answers that have some.
    REORDERED = "reordered"
    """The last comes first."""
    OVERLAPPING = "overlapping"
    """All have the number of the first message."""
    LYING_LENGTH = "lying-length"
    """The last says that it is longer than it is."""
    NO_END = "no-end"
    """No message ends."""
    UNFINISHED = "unfinished"
    """A thousand more messages begin, and do not end."""
    TINY = "tiny"
    """Each is cut into pieces of one byte."""
    DUPLICATED = "duplicated"
    """All come once more, after the end."""
    MISSING = "missing"
    """None comes."""
    ENDLESS_OUTPUT = "endless-output"
    """Progress is reported instead, and there is no end to it."""


class Fault(msgspec.Struct, frozen=True):
    """A fault; the kinds say which of the other fields they look at.

    `first` is the first call of the action that it hits; those before it go well.
    """

    kind: Kind
    seconds: float = 0.0
    code: int = 0
    inside: bool = False
    first: int = 1


class Faults(msgspec.Struct, frozen=True):
    """What goes wrong at which action; `authenticate` is every request, before anything else.

    Raises:
        ValueError: Authentication has a fault that needs a SOAP message.
    """

    authenticate: Fault | None = None
    create: Fault | None = None
    command: Fault | None = None
    send: Fault | None = None
    receive: Fault | None = None
    signal: Fault | None = None
    delete: Fault | None = None

    def __post_init__(self) -> None:
        if self.authenticate is not None and self.authenticate.kind not in WITHOUT_MESSAGE:
            raise ValueError(f"The fault {self.authenticate.kind} is not for authentication.")


class Fate:
    """Faults, and how often each action was called since they came."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()

    def of(self, action: str | None) -> Fault | None:
        """The fault of this call of an action, by its short name; None is unknown to the lab."""
        fault: Fault | None = getattr(self.faults, action or "", None)
        if action is None or fault is None:
            return None
        with self._lock:
            self._calls[action] += 1
            return fault if self._calls[action] >= fault.first else None


WITHOUT_MESSAGE = frozenset(
    {
        *(Kind.REFUSE, Kind.FORBID, Kind.UNAVAILABLE, Kind.STATUS, Kind.HANG, Kind.DROP),
        *(Kind.RESTART, Kind.GARBAGE, Kind.HTML, Kind.TRUNCATED, Kind.SLOW, Kind.TRICKLE),
        *(Kind.ENDLESS_HEAD, Kind.ENDLESS_CONTINUE, Kind.ENDLESS_BODY, Kind.ENDLESS_CHUNKS),
        Kind.ENDLESS_CHUNK,
    }
)
"""The kinds that need no SOAP message, and so can hit a logon."""
