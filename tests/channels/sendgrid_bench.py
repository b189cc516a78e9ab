"""The bench of email by SendGrid: as much of its Mail Send API as a mail needs, in place of the network."""

import json
from dataclasses import dataclass, field

import httpx

from notifier.channels.sendgrid import SendGrid
from notifier.net import Net
from tests.channels.console_bench import typed
from tests.channels.contract import Wrong
from tests.channels.mail_reader import Page, acting, preview
from tests.channels.smtp_bench import SENDER

KEY = "SG.a-key-for-tests"
# https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send: "headers"
RESERVED = {
    *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"),
    *("to", "from", "subject", "reply-to", "cc", "bcc"),
}


@dataclass
class FakeSendGrid:
    """Answers as SendGrid does. *answers* come first: each is a response, or an error of the network."""

    bodies: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def __call__(self, request):
        self.asked.append(request)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        if request.headers["authorization"] != f"Bearer {KEY}":
            return refused(401, "The provided authorization grant is invalid, expired, or revoked")
        body = json.loads(request.content)
        wrong = self.wrong(body)
        if wrong:
            return refused(400, f"{wrong} is wrong", wrong)
        if body.get("mail_settings") == {"sandbox_mode": {"enable": True}}:
            return httpx.Response(200)
        self.bodies.append(body)
        return httpx.Response(202, headers={"X-Message-Id": f"message-{len(self.bodies)}"})

    def wrong(self, body):
        """The first field that SendGrid would not take, or nothing."""
        headers = body.get("headers", {})
        kinds = [part["type"] for part in body["content"]]
        checks = {
            "content": kinds == ["text/plain", "text/html"] and all(part["value"] for part in body["content"]),
            "subject": body["subject"] and not set(body["subject"]) & {"\r", "\n"},
            "headers": not RESERVED & {name.lower() for name in headers},
            "headers.value": not any(set(value) & {"\r", "\n"} for value in headers.values()),
            "personalizations": [list(each) for each in body["personalizations"]] == [["to"]],
            "attachments": all(each["filename"] and each["content"] for each in body.get("attachments", [])),
        }
        return next((field for field, good in checks.items() if not good), "")


def refused(status, message, field=None, **headers):
    errors = [{"message": message, "field": field, "help": None}]
    return httpx.Response(status, json={"errors": errors}, headers=headers)


def answers(answer):
    """What SendGrid, or the network, does next."""
    return lambda bench: bench.far.answers.append(answer)


class SendGridBench:
    to = "mailto:a.researcher@example.edu"
    secrets = (KEY,)
    faults = {
        "busy": (answers(refused(503, "unavailable")), Wrong(whole=True)),
        "a limit": (answers(refused(429, "too many", **{"Retry-After": "7"})), Wrong(whole=True, again_in=7)),
        "a mail that it cannot take": (answers(refused(400, "bad", "subject")), Wrong(permanent=True)),
        "a revoked key": (answers(refused(401, f"{KEY} is revoked")), Wrong(permanent=True, whole=True)),
        "no connection": (answers(httpx.ConnectError("refused")), Wrong(whole=True)),
        "an answer that is lost": (
            answers(httpx.ReadTimeout(f"no answer to {KEY}")),
            Wrong(whole=True, unknown=True),
        ),
    }

    @property
    def attempts(self):
        return len(self.far.asked)

    def __init__(self, _folder=None):
        self.far = FakeSendGrid()

    def channel(self, key=KEY):
        return SendGrid(Net(httpx.MockTransport(self.far)), key, SENDER, typed)

    def arrived(self):
        return " ".join(" ".join(self.shown(body)) for body in self.far.bodies)

    def shown(self, body):
        text, html = (part["value"] for part in body["content"])
        return [body["subject"], " ".join(text.split()), Page(html).text, preview(html)]

    def acts(self):
        strange = [each for body in self.far.bodies for each in Page(body["content"][1]["value"]).strange]
        shown = [text for body in self.far.bodies for text in [*self.shown(body), *body["headers"].values()]]
        return strange + acting("".join(shown))

    def break_off(self):
        self.far.answers.append(refused(503, "unavailable"))

    def mend(self):
        self.far.answers.clear()

    def close(self):
        pass
