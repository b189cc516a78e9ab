"""TLS: only a server that proves who it is gets a mail, and where encryption is asked for nothing goes openly."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifier.channels.smtp import Smtp, SmtpServer
from notifier.ports import Undelivered
from tests.channels.console_bench import typed
from tests.channels.contract import ask, sent
from tests.channels.smtp_bench import SENDER, SmtpBench
from tests.channels.smtp_server import HANG_UP, PASSWORD, SILENCE, USER, Mailroom, Scripted, only_with_the_password

POST = sent(SmtpBench)
BORN = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that nobody knows, in a file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(BORN)
        .not_valid_after(BORN + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def room(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    rooms = []

    def made(security):
        options = {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
        rooms.append(
            Mailroom(
                authenticator=only_with_the_password,
                auth_require_tls=security == "starttls",
                over=context if security == "tls" else None,
                **options,
            )
        )
        return rooms[-1]

    yield made
    for each in rooms:
        each.close()


@pytest.fixture
def trusting(certificate):
    return ssl.create_default_context(cafile=str(certificate))


def channel(port, security, tls=None, host="localhost", timeout=2, **said):
    said = {"user": USER, "password": PASSWORD, **said}
    return Smtp(SmtpServer(host, port, security, timeout=timeout, **said), SENDER, typed, tls)


def failing(outlet):
    with pytest.raises(Undelivered) as raised:
        ask(outlet, outlet.deliver(POST))
    return raised.value


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_proves_who_it_is_gets_the_mail(room, trusting, security):
    server = room(security)
    outlet = channel(server.port, security, trusting)
    ask(outlet, outlet.deliver(POST))

    assert len(server.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_knows_is_refused(room, security):
    server = room(security)
    error = failing(channel(server.port, security))

    assert (error.permanent, error.whole, error.unknown) == (False, True, False)
    assert error.why == f"localhost:{server.port} could not prove who it is: self-signed certificate."
    assert server.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_name_is_refused(room, trusting, security):
    server = room(security)
    error = failing(channel(server.port, security, trusting, host="127.0.0.1"))

    assert "could not prove who it is" in error.why
    assert server.mails == []


def test_tls_where_none_is_spoken_is_named():
    server = Scripted()
    try:
        error = failing(channel(server.port, "tls", timeout=0.3))
    finally:
        server.close()

    assert (error.permanent, error.whole) == (False, True)
    assert "does not speak TLS" in error.why


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ({"EHLO": "250-mail.test\r\n250 AUTH PLAIN"}, "offers no STARTTLS, and without it nothing is sent"),
        ({"STARTTLS": "454 4.7.0 not now"}, "refused the encryption for now: 454 4.7.0"),
        ({"STARTTLS": "502 5.5.1 never"}, "refused the encryption for now: 502 5.5.1"),
        ({"STARTTLS": HANG_UP}, "hung up"),
        ({"STARTTLS": SILENCE}, "did not answer"),
        ({"STARTTLS": ["220 go ahead"]}, "TLS"),  # and then goes on in the clear
    ],
)
def test_without_encryption_nothing_is_said(script, said):
    server = Scripted(**{"EHLO": "250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN", **script})
    try:
        error = failing(channel(server.port, "starttls", timeout=0.3))
    finally:
        server.close()

    assert (error.permanent, error.whole, error.unknown) == (False, True, False)
    assert said in error.why
    assert not {"AUTH", "MAIL", "RCPT", "DATA"} & set(server.heard)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_examination_says_how_the_encryption_is(room, trusting, security):
    server = room(security)
    trusted = channel(server.port, security, trusting)
    unknown = channel(server.port, security)

    good = ask(trusted, trusted.examine(POST.to, send=False))
    bad = ask(unknown, unknown.examine(POST.to, send=False))

    assert [each.good for each in good] == [True] * 5
    assert [each.good for each in bad] == [True, False, None, None, None]
    assert bad[1].what == "the encryption"
    assert "self-signed" in bad[1].found
