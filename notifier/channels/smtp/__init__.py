"""Email by SMTP: through the mail server of a university, of a provider, or of this machine.

The commands are given one by one (`session`), so that it is known how far a mail had come when something failed,
and what that means (`failures`). Before the end of the mail's content nothing was taken (RFC 5321, 4.1.1.4): such
a failure is definite. If the answer to that end is lost, the mail may have arrived, and nobody can be asked: SMTP
has no question for it.
"""

from notifier.channels.smtp.channel import Smtp
from notifier.channels.smtp.server import SmtpServer

__all__ = ["Smtp", "SmtpServer"]
