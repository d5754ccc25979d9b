"""What an error before the logon means: the same as when a host is asked."""

import http.client
import ssl

import requests

from hklint.doctor.guard import Guard
from hklint.failure import Failure
from hklint.sources.wsman.classify import classify
from hklint.target import WsmanTarget


def judge(error: Exception, target: WsmanTarget, guard: Guard) -> Failure:
    """The failure that `error` stands for.

    Hosts are asked through `requests`, which wraps what it meets; so that is done here as well.
    """
    match error:
        case ssl.SSLError():
            error = requests.exceptions.SSLError(error)
        case OSError() | http.client.HTTPException():
            error = requests.ConnectionError(error)
        case _:
            pass
    return classify(error, guard.line, target, "")
