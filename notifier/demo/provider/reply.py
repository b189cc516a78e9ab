"""What the simulated provider sends: a body, or a refusal in the provider's envelope."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

JSON, HTML = "application/json", "text/html; charset=UTF-8"
HANG, RESET = "hang", "reset"
INVALID_REQUEST = "invalid_request_error"
SLOW_DOWN = "You've exceeded the rate limit, please slow down and try again after {seconds} seconds."
_MARK = "\x00"
_OPENS, _CLOSES = r'"\u0000', r'\u0000"'  # the mark at both ends of a string, as JSON writes it

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as bytes. *missing* are announced and never sent; *instead* is HANG or RESET: nothing is sent."""

    status: HTTPStatus
    content: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    missing: int = 0
    instead: str | None = None


class Refused(Exception):
    """An answer other than 200, in the provider's envelope: all four fields are always there [spec]."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        code: str | None = None,
        type_: str = INVALID_REQUEST,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: Body = {"error": {"message": message, "type": type_, "param": param, "code": code}}

    def reply(self, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        """The refusal as an answer."""
        return Reply(self.status, written(self.body), headers=headers)


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refused:
    """The refusal of a question that is not as documented."""
    return Refused(HTTPStatus.BAD_REQUEST, message, code, param=param)


def wrong_key() -> Refused:
    """The refusal of a key that nobody has; the key is not quoted."""
    return Refused(HTTPStatus.UNAUTHORIZED, "Incorrect API key provided.", "invalid_api_key")


def missing_scope(scope: str, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> Refused:
    """The refusal of a key that may not ask this; it came as a 401 too [seen]."""
    message = f"You have insufficient permissions for this operation. Missing scopes: {scope}."
    return Refused(status, message)


def wrong_page() -> Refused:
    """The refusal of a cursor [seen: forum thread 1369109]."""
    return invalid("The page token is invalid, have you modified the query parameters?", code=INVALID_REQUEST)


def no_quota(code: str, message: str) -> Refused:
    """The refusal of a model for want of money; ``code`` says why, the type stays the same [docs]."""
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, message, code, "insufficient_quota")


def no_model(model: str, status: HTTPStatus, project: str = "") -> Refused:
    """The refusal of a model: 403 where the *project* may not ask it, 404 where nobody may [seen]."""
    message = f"The model `{model}` does not exist or you do not have access to it."
    if status == HTTPStatus.FORBIDDEN:
        message = f"Project `{project}` does not have access to model `{model}`"
    return Refused(status, message, "model_not_found")


def number(text: str) -> str:
    """*text* as a number of a body that is written just so: `json` would pass it through a float."""
    return f"{_MARK}{text}{_MARK}"


def plain(value: object) -> str:
    """The text of a number or of a string of a body."""
    return str(value).strip(_MARK)


def written(body: object) -> bytes:
    """*body* as JSON."""
    return json.dumps(body).replace(_OPENS, "").replace(_CLOSES, "").encode()
