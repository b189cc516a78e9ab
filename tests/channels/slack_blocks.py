"""What people read of Slack's blocks, what in them would act, and what is more than Slack takes."""

import html
import json
import re
import unicodedata

EMOJI = re.compile(r":[a-z0-9_+'-]+:", re.IGNORECASE)
OUR_LINK = re.compile(r"<(?:mailto:|https://)[^\s<>|]+\|[\w ]+>")
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
TEXTS = {"text", "link"}  # elements of rich text that call nobody


def walk(value):
    """Every object in *value*, from the outside in."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)


def read(body):
    """What people read in the message *body*, in order; its notification first."""
    texts = [html.unescape(body.get("text", ""))]
    for block in body.get("blocks", ()):
        for part in walk(block):
            if part.get("type") in ("plain_text", "mrkdwn"):
                texts.append(" " + html.unescape(re.sub(r"<[^|>]+\|([^>]+)>", r"\1", part["text"])))
            elif part.get("type") in ("rich_text_section", "rich_text_preformatted"):
                texts.append(" " + "".join(each.get("text", "") for each in part["elements"]))
    return " ".join("".join(texts).split())


def acting(body):
    """What in *body* would act instead of being read."""
    found = [letter for letter in json_texts(body) if letter != "\n" and unicodedata.category(letter) in HIDDEN]
    found += _in_markup(body.get("text", ""))
    for part in walk(body.get("blocks", [])):
        kind = part.get("type")
        if kind == "mrkdwn":
            found += _in_markup(OUR_LINK.sub("", part["text"]))
        elif kind == "plain_text":
            found += [part["text"]] if part.get("emoji") is not False or re.search("[<>]", part["text"]) else []
        elif kind in ("rich_text_section", "rich_text_preformatted"):
            found += [each for each in part["elements"] if each["type"] not in TEXTS]
            found += [each for each in part["elements"] if re.search("<[!@#]", each.get("text", ""))]
            found += [each for each in part["elements"] if EMOJI.search(each.get("text", ""))]
            found += [each for each in part["elements"] if not _harmless(each.get("url", "https://"))]
        elif kind in ("button", "user", "broadcast", "channel", "usergroup", "emoji"):
            found.append(kind)
    return found


def _harmless(url):
    return re.fullmatch(r"(?:https?://|mailto:)[!#-;=?-_a-z~]*", url) is not None


def _in_markup(text):
    return re.findall("[<>]", text) + EMOJI.findall(text)


def json_texts(value):
    """All texts in *value*, one after the other."""
    if isinstance(value, str):
        return value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return "".join(json_texts(each) for each in inside)


def too_much(body):
    """What in *body* is more than Slack takes, or less than it wants."""
    blocks, text = body.get("blocks", []), body.get("text", "")
    wrong = [f"{len(blocks)} blocks"] if len(blocks) > 50 else []
    wrong += ["no text"] if not text.strip() or len(text) > 4_000 * (1 if not blocks else 10) else []
    wrong += ["in all"] if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > 12_000 else []
    for part in walk(blocks):
        kind, said = part.get("type"), part.get("text")
        if kind in ("plain_text", "mrkdwn", "text", "link") and isinstance(said, str):
            wrong += [f"{kind} of {len(said)}"] if not 0 < len(said) <= 3_000 + 1_000 * (kind == "text") else []
        if kind == "header" and len(said["text"]) > 150:
            wrong.append("header")
        if "elements" in part and not part["elements"]:
            wrong.append(f"empty {kind}")
        if kind == "context" and len(part["elements"]) > 10:
            wrong.append("context")
    return wrong
