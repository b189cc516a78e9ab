"""What Slack's answers mean: whether trying again can help, and what a person has to do. All of it stands here.

The codes are those of https://docs.slack.dev/reference/methods/chat.postMessage#errors and of the pages of the
other methods, and those of incoming webhooks
(https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors).

No text of a library stands in what is said: some of them quote the request, and with it the token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WAIT = 86_400  # seconds: what asks for more is a mistake
_CODE = re.compile(r"[a-z][a-z0-9_.-]{1,59}")
_SCOPES = re.compile(r"[a-z.:,_ |-]{1,120}")


class Refusal(Exception):
    """Slack answered, and the answer was no: *code* says why; *needed* are the permissions that are missing."""

    def __init__(self, code: str, needed: str = "") -> None:
        super().__init__(code)
        self.code, self.needed = code, needed


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refusal means. *why* is a sentence in which ``{where}`` is the destination.

    *perhaps* says that the post may have arrived all the same.
    """

    why: str
    permanent: bool = True
    whole: bool = True
    perhaps: bool = False


def _about(why: str, *codes: str) -> dict[str, Meaning]:
    """About the destination or the token: nobody can be told there until a person has done something."""
    return {code: Meaning(why) for code in codes}


def _this_post(why: str, *codes: str) -> dict[str, Meaning]:
    """About this post only; it is refused for ever."""
    return {code: Meaning(why, whole=False) for code in codes}


def _later(why: str, *codes: str, whole: bool = True, perhaps: bool = False) -> dict[str, Meaning]:
    """It will pass."""
    return {code: Meaning(why, permanent=False, whole=whole, perhaps=perhaps) for code in codes}


INSTALL_AGAIN = "in Slack's app settings, install the app again and give the service the new bot token."
MEANINGS: Mapping[str, Meaning] = {
    **_about(
        "Slack knows no channel {where} that the bot can see: check the spelling in the accounts file, and invite"
        " the bot (/invite in the channel) if it is a private one.",
        "channel_not_found",
    ),
    **_about(
        "{where} is archived in Slack: name another channel in the accounts file, or unarchive it.",
        *("is_archived", "channel_is_archived"),
    ),
    **_about(
        "The bot is not a member of {where}: invite it there (/invite in the channel).",
        *("not_in_channel", "no_permission"),
    ),
    **_about(
        "Slack knows nobody with the address {where}: write the address that the person has in Slack.",
        *("users_not_found", "user_not_found", "user_not_visible"),
    ),
    **_about("The person with the address {where} has left this Slack: name somebody else.", "user_disabled"),
    **_about("{where} is a bot: name a person or a channel.", "cannot_dm_bot"),
    **_about(
        "Slack does not show people what the bot writes to them in person: switch on the messages tab of the app"
        " (App Home), as slack-app.yaml has it.",
        "messages_tab_disabled",
    ),
    **_about(
        f"Slack does not accept the token: {INSTALL_AGAIN}",
        *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "bad_token"),
    ),
    **_about(
        "The token is not that of a bot: give the service the one that begins with xoxb-.",
        "not_allowed_token_type",
    ),
    **_about(
        "The bot lacks the permission {needed}: add it under OAuth & Permissions, Bot Token Scopes, and install"
        " the app again.",
        "missing_scope",
    ),
    **_about(
        "The administrators of this Slack do not let the bot write to {where}: ask them, or name another channel.",
        *("restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
        *("restricted_action_non_threadable_channel", "restricted_action_thread_locked", "channel_is_frozen"),
        *("access_denied", "accesslimited", "ekm_access_denied", "team_access_not_granted", "action_prohibited"),
        *("posting_to_general_channel_denied", "is_inactive", "two_factor_setup_required", "org_login_required"),
    ),
    **_about(
        "Slack does not know the webhook any more: make a new one in the app's settings (Incoming Webhooks) and"
        " give its address to the service.",
        *("no_service", "no_service_id", "no_team", "team_disabled", "no_active_hooks", "invalid_token"),
    ),
    **_this_post(
        "Slack does not take this message, not even as plain text ({code}): please report it.",
        *("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"),
        *(
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "metadata_too_large",
            "metadata_must_be_sent_from_app",
        ),
        *("invalid_payload", "missing_text_or_fallback_or_attachments", "invalid_arguments", "invalid_json"),
        *("too_many_attachments", "invalid_attachments", "markdown_text_conflict", "block_mismatch"),
    ),
    **_later(
        "Slack asks the bot to write less often; it is tried again later.",
        *("ratelimited", "rate_limited", "message_limit_exceeded", "rate_limit_exceeded"),
    ),
    **_later("This Slack is being moved by its owner; it is tried again later.", "team_added_to_org"),
    **_later("The message reached Slack incomplete; it is tried again.", "request_timeout", whole=False),
    **_later(
        # "It's possible some aspect of the operation succeeded before the error was raised."
        "Something failed inside Slack; it is tried again.",
        *("internal_error", "fatal_error", "service_unavailable", "rollup_error"),
        whole=False,
        perhaps=True,
    ),
}
UNKNOWN = Meaning("Slack refuses it for a reason that is not known here ({code}).", permanent=False, whole=False)
REFUSED_BLOCKS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments"}
)
# The post to be changed or answered is gone, or out of reach, while its destination may still be told.
GONE = frozenset(
    {
        *("message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"),
        *("cannot_reply_to_message", "channel_not_found", "is_archived", "not_in_channel"),
    }
)
# The bot may write, but not look: what follows is decided by the service's policy, not by waiting.
BLIND = frozenset(
    {
        *("missing_scope", "not_in_channel", "channel_not_found", "no_permission", "not_allowed_token_type"),
        *("access_denied", "is_archived", "method_not_supported_for_channel_type"),
    }
)


def undelivered(refusal: Refusal, where: str, *, telling: bool) -> Undelivered:
    """What *refusal* means for a post to *where*. *telling*: it was asked to tell, so it may have been told."""
    meaning = MEANINGS.get(refusal.code, UNKNOWN)
    why = meaning.why.format(where=where, code=_said(refusal.code, _CODE), needed=_said(refusal.needed, _SCOPES))
    return Undelivered(why, permanent=meaning.permanent, whole=meaning.whole, unknown=telling and meaning.perhaps)


def _said(text: str, form: re.Pattern[str]) -> str:
    """*text* from Slack if it has the *form* that it should have: it is shown to people."""
    return text if form.fullmatch(text) else "without a name"


def limited(headers: Mapping[str, str]) -> Undelivered:
    """Too much was told, by the headers of the answer."""
    again = headers.get("Retry-After", "")
    seconds = min(int(again), LONGEST_WAIT) if again.isascii() and again.isdigit() else None
    return Undelivered(MEANINGS["ratelimited"].why, again_in=seconds, whole=True)


def garbled(status: int, *, telling: bool) -> Undelivered:
    """An answer without a word of Slack's: an error page, or that of something in between."""
    return Undelivered(f"Slack's answer made no sense (status {status}); it is tried again.", unknown=telling)


def lost(why: str, *, telling: bool) -> Undelivered:
    """The question was sent, and no answer came."""
    return Undelivered(why, unknown=telling)


def unreached(why: str) -> Undelivered:
    """Slack was not reached: nothing was sent."""
    return Undelivered(why, whole=True)
