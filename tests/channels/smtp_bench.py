"""The bench of email by SMTP: a real mail server on loopback."""

from notifier.channels.smtp import Smtp, SmtpServer
from tests.channels.console_bench import typed
from tests.channels.mail_reader import Read
from tests.channels.smtp_server import Mailroom

SENDER = "notifier <notifier@example.edu>"


class SmtpBench:
    to = "mailto:a.researcher@example.edu"

    def __init__(self, _folder=None, **options):
        self.room = Mailroom(**options)

    def channel(self, tls=None, **options):
        said = {"host": "127.0.0.1", "security": "none", "timeout": 5, **options}
        return Smtp(SmtpServer(port=self.room.port, **said), SENDER, typed, tls)

    @property
    def mails(self):
        return [Read(content) for _, _, content in self.room.mails]

    def arrived(self):
        return " ".join(mail.seen for mail in self.mails)

    def acts(self):
        return [each for mail in self.mails for each in mail.acts]

    def break_off(self):
        self.room.refusal = "451 4.3.0 try again later"

    def mend(self):
        self.room.refusal = ""

    def close(self):
        self.room.close()
