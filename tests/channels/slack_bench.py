"""Slack's benches: a small Slack on loopback, told by a bot or through a webhook."""

from notifier.channels.slack.bot import SlackBot
from notifier.channels.slack.webhook import SlackWebhook
from tests.channels.console_bench import typed
from tests.channels.slack_blocks import acting, read
from tests.channels.slack_server import HOOK, TOKEN, Fault, SlackServer


class SlackBench:
    to = "slack:#lab-grants"

    def __init__(self, _folder=None):
        self.slack = SlackServer()

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

    def channel(self, path=HOOK, **options):
        return SlackWebhook(f"{self.slack.root}{path}", typed, **options)

    def messages(self):
        return self.slack.hooked

    def break_off(self):
        self.slack.faults.append(Fault("webhook", 503, "busy", {"Content-Type": "text/html"}))
