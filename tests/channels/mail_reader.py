"""Reads mails as people and mail programs do: what is visible, what leads somewhere, what would act."""

import email
import unicodedata
from dataclasses import dataclass, field
from email import policy
from html.parser import HTMLParser

STRICT = policy.strict + policy.SMTP
HIDDEN = ("head", "style", "title")
WITHOUT_END = ("meta", "br")
OURS = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "thead", "tbody", "th"),
    *("h1", "h2", "p", "ul", "li", "strong", "pre", "code", "a", "br", "span"),
}
INLINE = ("strong", "span", "a", "code")
HEADERS = {
    *("From", "To", "Subject", "Message-ID", "References", "In-Reply-To", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "Date", "Importance", "MIME-Version", "Content-Type"),
}
JOINERS = "\u200c\u200d"


@dataclass
class Page(HTMLParser):
    """What a person sees of HTML (`seen`), the links with their labels, and what is not of our making."""

    html: str
    seen: list = field(default_factory=list)
    links: list = field(default_factory=list)
    strange: list = field(default_factory=list)
    open: list = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.feed(self.html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.strange += [tag] if tag not in OURS else []
        self.strange += [name for name in said if name.startswith("on") or name in ("src", "background")]
        if tag == "a":
            self.links.append([said["href"], "", said["class"]])
            self.strange += [] if said["href"].startswith(("https://", "http://", "mailto:")) else [said["href"]]
        if tag not in INLINE:
            self.seen.append(" ")
        if tag not in WITHOUT_END:
            self.open.append((tag, said))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag
        if tag not in INLINE:
            self.seen.append(" ")

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        hidden = any("display:none" in said.get("style", "") for _, said in self.open)
        if hidden or any(tag in HIDDEN for tag in tags):
            return
        if "a" in tags:
            self.links[-1][1] += data
            if self.links[-1][2] != "leads":
                return
        self.seen.append(data)

    @property
    def text(self):
        return " ".join("".join(self.seen).split())


def preview(html):
    """What a list of mails shows of *html* besides the subject."""
    return html.partition("mso-hide:all")[2].partition(">")[2].partition("<")[0]


def words(text):
    """The words of a text, without lines, bullets and bars."""
    return [word for word in text.split() if set(word) - set("█░") and set(word) != {"-"}]


@dataclass
class Read:
    """A mail as it arrived, read strictly."""

    raw: bytes

    def __post_init__(self):
        self.mail = email.message_from_bytes(self.raw, policy=STRICT)

    @property
    def text(self):
        return self.mail.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @property
    def html(self):
        return self.mail.get_body(("html",)).get_content()

    @property
    def files(self):
        return {part.get_filename(): part for part in self.mail.iter_attachments()}

    @property
    def defects(self):
        parts = [part for part in self.mail.walk() if part.defects]
        return parts + [value for part in self.mail.walk() for value in part.values() if value.defects]

    @property
    def seen(self):
        """Everything that a person reads, in the text, in the page, in the list of mails."""
        shown = (self.mail["Subject"], self.text, Page(self.html).text, preview(self.html))
        return " ".join(" ".join(shown).split())

    @property
    def acts(self):
        strange = [name for name in self.mail.keys() if name not in HEADERS]  # noqa: SIM118  one for each header
        headers = [str(value) for part in self.mail.walk() for value in part.values()]
        return [*strange, *Page(self.html).strange, *acting("".join([*headers, self.text, self.html]))]


def acting(text):
    """The characters of *text* that would act instead of being read."""
    shown = (letter for letter in text if letter not in "\r\n" + JOINERS)
    return [letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
