"""Slack's benches: a small Slack on loopback, told by a bot or through a webhook."""

from notifier.channels.slack.bot import SlackBot
from notifier.channels.slack.webhook import SlackWebhook
from tests.channels.console_bench import typed
from tests.channels.contract import Wrong
from tests.channels.slack_blocks import acting, read
from tests.channels.slack_server import HOOK, TOKEN, Fault, SlackServer, refuses


def goes_wrong(method, *, status=0, body="", headers=None, **more):
    """What makes the next call of *method* go wrong."""
    return lambda bench: bench.slack.faults.append(Fault(method, status, body, headers or {}, **more))


def says_no(code):
    return lambda bench: bench.slack.faults.append(refuses("chat.postMessage", code))


LIMITED = {"status": 429, "body": '{"ok": false, "error": "ratelimited"}', "headers": {"Retry-After": "7"}}
HTML = {"status": 503, "body": "<html>busy</html>", "headers": {"Content-Type": "text/html"}}


class SlackBench:
    to = "slack:#lab-grants"
    secrets = (TOKEN,)
    faults = {
        "busy": (goes_wrong("chat.postMessage", **HTML), Wrong(unknown=True)),
        "a limit": (goes_wrong("chat.postMessage", **LIMITED), Wrong(whole=True, again_in=7)),
        "an archived channel": (says_no("is_archived"), Wrong(permanent=True, whole=True)),
        "a revoked token": (says_no("token_revoked"), Wrong(permanent=True, whole=True)),
        "an answer that is lost": (goes_wrong("chat.postMessage", reset=True, after=True), Wrong(unknown=True)),
    }

    def __init__(self, _folder=None):
        self.slack = SlackServer()

    @property
    def attempts(self):
        return len(self.slack.asked("chat.postMessage"))

    def channel(self, token=TOKEN, **options):
        return SlackBot(token, typed, f"{self.slack.root}/api/", **options)

    def messages(self):
        return self.slack.messages

    def arrived(self):
        return " ".join(read(body) for body in self.messages())

    def acts(self):
        return [each for body in self.messages() for each in acting(body)]

    def break_off(self):
        self.slack.faults.append(
            Fault("chat.postMessage", 503, "<html>busy</html>", {"Content-Type": "text/html"})
        )

    def mend(self):
        self.slack.faults.clear()

    def close(self):
        self.slack.close()


class WebhookBench(SlackBench):
    to = "slack-webhook"
    secrets = (HOOK, HOOK.rpartition("/")[2])
    faults = {
        "busy": (goes_wrong("webhook", **HTML), Wrong(unknown=True)),
        "a limit": (goes_wrong("webhook", **LIMITED), Wrong(whole=True, again_in=7)),
        "a webhook that is gone": (
            goes_wrong("webhook", status=404, body="no_service"),
            Wrong(permanent=True, whole=True),
        ),
        "an answer that is lost": (goes_wrong("webhook", reset=True, after=True), Wrong(unknown=True)),
    }

    @property
    def attempts(self):
        return len(self.slack.asked("webhook"))

    def channel(self, path=HOOK, **options):
        return SlackWebhook(f"{self.slack.root}{path}", typed, **options)

    def messages(self):
        return self.slack.hooked

    def break_off(self):
        self.slack.faults.append(Fault("webhook", 503, "busy", {"Content-Type": "text/html"}))
