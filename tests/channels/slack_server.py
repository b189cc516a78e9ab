"""A small Slack on loopback: channels, threads, metadata, permissions, and the faults that a test asks for."""

import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from notifier.channels.slack.doctor import NEEDED
from tests.channels.slack_blocks import too_much

TOKEN = "xoxb-1-secret-token"
HOOK = "/services/T1/B1/secret-hook"
NEEDS = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.open": "im:write",
    "users.lookupByEmail": "users:read.email",
}


@dataclass
class Fault:
    """What goes wrong with a call of *method*; with *after*, Slack does as it is asked before that."""

    method: str
    status: int = 0
    body: str = ""
    headers: dict = field(default_factory=dict)
    hang: float = 0
    reset: bool = False
    after: bool = False
    times: int = 1


def refuses(method, code, **more):
    """Slack says no, as it does: with status 200."""
    return Fault(method, 200, json.dumps({"ok": False, "error": code, **more}))


class SlackServer:
    def __init__(self):
        self.channels = {
            "C0LABGRANTS": {"id": "C0LABGRANTS", "name": "lab-grants", "is_member": True, "is_archived": False},
            "C0OFFICE001": {"id": "C0OFFICE001", "name": "office", "is_member": True, "is_archived": False},
            "C0OLDNAME01": {"id": "C0OLDNAME01", "name": "old", "is_member": True, "is_archived": True},
            "C0STRANGER1": {"id": "C0STRANGER1", "name": "strangers", "is_member": False, "is_archived": False},
        }
        self.people = {"person@example.edu": {"id": "U0PERSON01", "real_name": "A. Person", "deleted": False}}
        self.scopes = set(NEEDED)
        self.messages, self.calls, self.faults, self.page, self.hooked = [], [], [], 100, []
        self._clock = 1_711_980_000
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.slack = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def root(self):
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def asked(self, method):
        """The fields of each call of *method*."""
        return [fields for called, fields in self.calls if called == method]

    def in_channel(self, channel="C0LABGRANTS"):
        return [each for each in self.messages if each["channel"] == channel and not each.get("thread_ts")]

    def replies(self):
        return [each for each in self.messages if each.get("thread_ts")]

    def answer(self, method, fields, token):
        """What Slack answers: a status and an object."""
        if token != TOKEN:
            return 200, {"ok": False, "error": "invalid_auth"}
        if (needed := NEEDS.get(method)) and needed not in self.scopes:
            return 200, {"ok": False, "error": "missing_scope", "needed": needed}
        handle = getattr(self, "_" + method.replace(".", "_"), None)
        try:
            with self._lock:
                return 200, {"ok": True, **handle(fields)}
        except KeyError as refusal:
            return 200, {"ok": False, "error": refusal.args[0]}

    def hook(self, body):
        """What an incoming webhook answers: a status and a text."""
        if not body.get("text") and not body.get("blocks"):
            return 400, "no_text"
        if too_much(body):
            return 400, "invalid_blocks"
        self.hooked.append(body)
        return 200, "ok"

    def _auth_test(self, _):
        return {"team": "Example <Lab>", "user": "notifier"}

    def _channel(self, key):
        for channel in self.channels.values():
            if key in (channel["id"], "#" + channel["name"]):
                return channel
        raise KeyError("channel_not_found")

    def _chat_postMessage(self, fields):  # noqa: N802  Slack's name
        channel = self._channel(fields["channel"])
        if channel["is_archived"]:
            raise KeyError("is_archived")
        if not channel["is_member"]:
            raise KeyError("not_in_channel")
        if wrong := too_much(fields):
            raise KeyError("invalid_blocks" if fields.get("blocks") else f"msg_too_long {wrong}")
        self._clock += 1
        message = {name: fields[name] for name in ("text", "blocks", "metadata") if name in fields}
        message |= {"channel": channel["id"], "ts": f"{self._clock}.000100"}
        if any(each["ts"] == fields.get("thread_ts") for each in self.messages):
            message |= {"thread_ts": fields["thread_ts"], "broadcast": bool(fields.get("reply_broadcast"))}
        self.messages.append(message)
        return {"channel": channel["id"], "ts": message["ts"], "message": message}

    def _chat_update(self, fields):
        if self._channel(fields["channel"])["is_archived"]:
            raise KeyError("is_archived")
        if too_much(fields):
            raise KeyError("invalid_blocks")
        message = self._message(fields["channel"], fields["ts"])
        message.update({name: fields[name] for name in ("text", "blocks", "metadata") if name in fields})
        return {"channel": fields["channel"], "ts": fields["ts"]}

    def _message(self, channel, ts):
        for message in self.messages:
            if (message["channel"], message["ts"]) == (channel, ts):
                return message
        raise KeyError("message_not_found")

    def _conversations_history(self, fields):
        channel = self._channel(fields["channel"])
        if not channel["is_member"]:
            raise KeyError("not_in_channel")
        here = [each for each in self.messages if each["channel"] == channel["id"]]
        return self._paged([each for each in here if not each.get("thread_ts") or each["broadcast"]][::-1], fields)

    def _conversations_replies(self, fields):
        root = self._message(fields["channel"], fields["ts"])
        return self._paged(
            [root, *(each for each in self.messages if each.get("thread_ts") == root["ts"])], fields
        )

    def _paged(self, messages, fields):
        oldest = float(fields.get("oldest", 0))
        found = [dict(each) for each in messages if float(each["ts"]) >= oldest]
        if fields.get("include_all_metadata") != "true":
            for each in found:
                each.pop("metadata", None)
        return self._page("messages", found, fields)

    def _page(self, name, found, fields):
        start = int(fields.get("cursor") or 0)
        after = start + self.page
        cursor = str(after) if after < len(found) else ""
        return {name: found[start:after], "response_metadata": {"next_cursor": cursor}}

    def _conversations_list(self, fields):
        private = "private_channel" in fields["types"]
        if "channels:read" not in self.scopes or (private and "groups:read" not in self.scopes):
            raise KeyError("missing_scope")
        return self._page("channels", list(self.channels.values()), fields)

    def _conversations_info(self, fields):
        return {"channel": self._channel(fields["channel"])}

    def _conversations_open(self, fields):
        channel = {"id": "D0" + fields["users"][2:], "name": "", "is_im": True, "is_member": True}
        self.channels.setdefault(channel["id"], channel | {"is_archived": False})
        return {"channel": {"id": channel["id"]}}

    def _users_lookupByEmail(self, fields):  # noqa: N802  Slack's name
        if fields["email"] not in self.people:
            raise KeyError("users_not_found")
        return {"user": self.people[fields["email"]]}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    slack = None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body go out together: otherwise each answer waits for an acknowledgement

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method = self.path.rpartition("/")[2] if self.path.startswith("/api/") else "webhook"
        is_json = "json" in self.headers.get("Content-Type", "")
        fields = json.loads(raw) if is_json else dict(parse_qsl(raw.decode()))
        slack = self.server.slack
        slack.calls.append((method, fields))
        fault = next((each for each in slack.faults if each.method == method and each.times), None)
        if fault is None:
            self._send(*self._act(method, fields))
        else:
            self._go_wrong(fault, fields)

    def _go_wrong(self, fault, fields):
        fault.times -= 1
        if fault.after:
            self._act(fault.method, fields)
        if fault.reset:
            # a linger of no seconds: the connection is reset, not closed
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif not fault.hang:
            self._send(fault.status, fault.body, fault.headers)
            return
        threading.Event().wait(fault.hang)
        self.close_connection = True

    def _act(self, method, fields):
        slack = self.server.slack
        if method == "webhook":
            status, text = slack.hook(fields) if self.path == HOOK else (404, "no_service")
            return status, text, {"Content-Type": "text/html"}
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        status, said = slack.answer(method, fields, token)
        return status, json.dumps(said), {"X-OAuth-Scopes": ",".join(sorted(slack.scopes))}

    def _send(self, status, body, headers):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())
        self.wfile.flush()

    def log_message(self, *args):
        pass
