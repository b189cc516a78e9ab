"""The bench of email by SMTP: a real mail server on loopback."""

from notifier.channels.smtp import Smtp, SmtpServer
from tests.channels.console_bench import typed
from tests.channels.contract import Wrong
from tests.channels.mail_reader import Read
from tests.channels.smtp_server import Mailroom

SENDER = "notifier <notifier@example.edu>"


def refuses(answer):
    """What makes the server answer the next mail so."""

    def refuse(bench):
        bench.room.refusal = answer

    return refuse


class SmtpBench:
    to = "mailto:a.researcher@example.edu"
    secrets = ()
    faults = {
        "greylisted": (refuses("451 4.7.1 greylisted, come back later"), Wrong()),
        "a refused mail": (refuses("554 5.7.1 not here"), Wrong(permanent=True)),
        "a server that closes": (refuses("421 4.3.2 going down"), Wrong(whole=True)),
    }

    @property
    def attempts(self):
        return self.room.tries

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
