"""The facts that every program has, and the lists whose items have facts: what the vocabulary is made of."""

from __future__ import annotations

from typing import Final

from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.fact import Collection, Fact, Kind, Owner

POLLED_COUNTS_FOR = 2 * SECONDS_A_DAY  # costs come in whole UTC days and may lag one


def _declared(name: str, kind: Kind, where: str, *, grant: bool = True) -> Fact:
    return Fact(name, kind, Owner.DECLARED, where, grant=grant)


def _recorded(name: str, kind: Kind, where: str, ask: str, *, grant: bool = True) -> Fact:
    return Fact(name, kind, Owner.RECORDED, where, grant=grant, ask=ask)


def _polled(name: str, kind: Kind, where: str) -> Fact:
    return Fact(name, kind, Owner.POLLED, where, grant=False, max_age=POLLED_COUNTS_FOR)


def _derived(name: str, kind: Kind, where: str, *, grant: bool = True) -> Fact:
    return Fact(name, kind, Owner.DERIVED, where, grant=grant)


def _list(collection: Collection, called: str = "") -> Fact:
    where = f"the list of {collection.name.replace('_', ' ')}"
    return Fact(
        called or collection.name, Kind.ITEMS, Owner.DERIVED, where, grant=collection.grant, items=collection
    )


_SPEND = Fact("costs", Kind.COSTS, Owner.POLLED, "costs by UTC day", grant=False)
_LAST_WEEK = (
    _derived("spent_last_week", Kind.MONEY, "costs of the last 7 closed days", grant=False),
    _derived("share", Kind.NUMBER, "its share of the account's costs of the last 7 closed days", grant=False),
)

PROJECTS = Collection(
    "projects",
    "project",
    (
        _declared("name", Kind.TEXT, "the project's name", grant=False),
        _declared("owner", Kind.TEXT, "role of whoever answers for the project", grant=False),
        _declared("monthly_budget", Kind.MONEY, "what the project may spend in a month", grant=False),
        _declared("paused", Kind.YESNO, "whether the project rests", grant=False),
        _declared("paused_until", Kind.DATE, "last day on which the project rests", grant=False),
        _declared("paused_because", Kind.TEXT, "why the project rests", grant=False),
        _polled("created_on", Kind.DATE, "day on which the project was made"),
        _polled("archived", Kind.YESNO, "whether the project is archived"),
        _polled("spend_limit", Kind.MONEY, "the project's monthly spend limit"),
        _SPEND,
        *_LAST_WEEK,
    ),
)
MEMBERS = Collection(
    "members",
    "member",
    (
        _polled("name", Kind.TEXT, "the member's name"),
        _polled("email", Kind.TEXT, "the member's address"),
        _polled("role", Kind.TEXT, "the member's role in the organization"),
        _polled("is_service_account", Kind.YESNO, "whether the member is no person"),
        _polled("added_on", Kind.DATE, "day on which the member joined"),
        _polled("last_used_on", Kind.DATE, "day on which a key of the member was last used"),
        _SPEND,
        *_LAST_WEEK,
    ),
)
KEYS = Collection(
    "keys",
    "key",
    (
        _polled("name", Kind.TEXT, "the key's name"),
        _polled("owner", Kind.TEXT, "whose key it is"),
        _polled("project", Kind.TEXT, "the project that the key belongs to"),
        _polled("is_admin", Kind.YESNO, "whether the key reads the organization instead of using models"),
        _polled("is_ours", Kind.YESNO, "whether notifier reads with the key"),
        _polled("created_on", Kind.DATE, "day on which the key was made"),
        _polled("last_used_on", Kind.DATE, "day on which the key was last used"),
        _polled("expires_on", Kind.DATE, "last day of the key"),
        _SPEND,
        *_LAST_WEEK,
    ),
)
MODELS = Collection(
    "models",
    "model",
    (
        _polled("name", Kind.TEXT, "the model's name"),
        _polled("visible", Kind.YESNO, "whether the organization can use the model"),
        _polled("requests_per_minute", Kind.NUMBER, "requests to the model in a minute, at most"),
        _polled("tokens_per_minute", Kind.NUMBER, "tokens of the model in a minute, at most"),
        _polled("retires_on", Kind.DATE, "day on which the provider switches the model off"),
        _SPEND,
        *_LAST_WEEK,
    ),
)
INVITES = Collection(
    "invites",
    "invite",
    (
        _polled("email", Kind.TEXT, "the address that was invited"),
        _polled("role", Kind.TEXT, "the role that was offered"),
        _polled("status", Kind.TEXT, "whether the invitation waits, was accepted, or expired"),
        _polled("created_on", Kind.DATE, "day of the invitation"),
        _polled("expires_on", Kind.DATE, "last day of the invitation"),
    ),
)
SPEND_ALERTS = Collection(
    "spend_alerts",
    "spend_alert",
    (
        _polled("amount", Kind.MONEY, "the monthly costs at which the provider writes"),
        _polled("recipients", Kind.TEXTS, "whom the provider writes to"),
        _polled("project", Kind.TEXT, "the project that it is about, if it is about one"),
    ),
)
PAPERS = Collection(
    "papers",
    "paper",
    (
        _declared("title", Kind.TEXT, "the paper's title", grant=False),
        _declared("planned_on", Kind.DATE, "day on which the paper is to be published", grant=False),
        _declared("published_on", Kind.DATE, "day on which the paper was published", grant=False),
        _declared("concerns_security", Kind.YESNO, "whether it is about security or misuse", grant=False),
        _recorded("submitted_on", Kind.DATE, "day on which the program was told of the paper",
                  "When did you tell the program of the paper?", grant=False),
    ),
)  # fmt: skip
DATASETS = Collection(
    "datasets",
    "dataset",
    (
        _declared("title", Kind.TEXT, "the dataset's title", grant=False),
        _declared("planned_on", Kind.DATE, "day on which the dataset is to be published", grant=False),
        _declared("published_on", Kind.DATE, "day on which the dataset was published", grant=False),
        _recorded("approved_on", Kind.DATE, "day on which the program approved the publication",
                  "When did the program approve the publication?", grant=False),
    ),
)  # fmt: skip
GRANTS = Collection(
    "grants",
    "grant",
    (
        _derived("id", Kind.TEXT, "the grant's id", grant=False),
        _derived("active", Kind.YESNO, "whether the grant's credits came and its access goes on", grant=False),
        _derived("accepted_on", Kind.DATE, "date of the acceptance mail", grant=False),
        _derived("credits_granted", Kind.MONEY, "granted amount", grant=False),
        _derived("credits_left", Kind.MONEY, "what is left of the grant", grant=False),
    ),
)
BATCHES = Collection(
    "batches",
    "batch",
    (
        _declared("amount", Kind.MONEY, "the batch's amount"),
        _declared("granted_on", Kind.DATE, "day on which the batch came"),
        _declared("expires_on", Kind.DATE, "last day of the batch"),
        _derived("used", Kind.MONEY, "what was used of the batch; the first to expire is used first"),
        _derived("left", Kind.MONEY, "what is left of the batch"),
    ),
    grant=True,
)
GRANTED_MODELS = Collection(
    "granted_models",
    "granted_model",
    (
        _derived("name", Kind.TEXT, "the model's name"),
        _derived("visible", Kind.YESNO, "whether the organization can use the model"),
    ),
    grant=True,
)
LETTERS = Collection(
    "letters",
    "letter",
    (
        _derived("name", Kind.TEXT, "the letter's draft"),
        _recorded("to", Kind.TEXT, "whom the letter went to", "Whom did the letter go to?"),
        _recorded("subject", Kind.TEXT, "the letter's subject", "What was the letter's subject?"),
        _recorded("drafted_on", Kind.DATE, "day on which the letter was first offered", "When was it drafted?"),
        _recorded("sent_on", Kind.DATE, "day on which the letter was sent", "When did you send it?"),
        _recorded("sent_by", Kind.TEXT, "who sent the letter", "Who sent it?"),
        _recorded("answered_on", Kind.DATE, "day on which the answer came", "When did the answer come?"),
        _derived("follow_up_after", Kind.DURATION, "how long to wait for an answer"),
        _derived("followed_up_on", Kind.DATE, "day on which the letter that follows it up was sent"),
    ),
    grant=True,
)
DESTINATIONS = Collection(
    "destinations",
    "destination",
    (
        _derived("name", Kind.TEXT, "the destination", grant=False),
        _derived("failing_since", Kind.DATE, "day since which it cannot be told", grant=False),
        _derived("why", Kind.TEXT, "what it said last", grant=False),
        _derived("waiting", Kind.NUMBER, "messages that wait for it", grant=False),
    ),
)
PROVIDERS = Collection(
    "providers",
    "provider",
    (
        _derived("name", Kind.TEXT, "the source that cannot be read", grant=False),
        _derived("why", Kind.TEXT, "what it said last", grant=False),
        _derived("accounts", Kind.NUMBER, "accounts that cannot be read there", grant=False),
    ),
)

COLLECTIONS: Final = {
    each.name: each
    for each in (
        *(PROJECTS, MEMBERS, KEYS, MODELS, INVITES, SPEND_ALERTS, PAPERS, DATASETS, GRANTS),
        *(BATCHES, GRANTED_MODELS, LETTERS, DESTINATIONS, PROVIDERS),
    )
}

# What the account has whatever it is: also the account of the service itself.
_OF_EVERY_ACCOUNT: tuple[Fact, ...] = (
    _declared("account_name", Kind.TEXT, "the account's id", grant=False),
    Fact("labels", Kind.LABELS, Owner.DECLARED, "the account's labels", grant=False),
    Fact("observed", Kind.MOMENTS, Owner.DERIVED, "when each fact was observed", grant=False),
    _derived("unreadable_sources", Kind.TEXTS, "sources that cannot be read", grant=False),
    _derived("unreadable_because", Kind.TEXT, "what the sources that cannot be read said", grant=False),
)

BUILT_IN: tuple[Fact, ...] = (
    *_OF_EVERY_ACCOUNT,
    _declared("organization", Kind.TEXT, "organization id: Settings, Organization, General", grant=False),
    _declared("pi_name", Kind.TEXT, "name of the principal investigator", grant=False),
    _declared("pi_position", Kind.TEXT, "position of the principal investigator", grant=False),
    _declared("affiliation", Kind.TEXT, "your institution", grant=False),
    _derived("currency", Kind.TEXT, "the account's currency", grant=False),
    _polled("spend_limit", Kind.MONEY, "monthly spend limit: Settings, Organization, Limits"),
    _polled("last_spend_on", Kind.DATE, "last day with costs"),
    _polled("last_refund_on", Kind.DATE, "last day with a negative amount among the costs"),
    _polled("balance", Kind.MONEY, "what the provider says is left, granted and paid"),
    _polled("granted_balance", Kind.MONEY, "what the provider says is left of grants"),
    _polled("paid_balance", Kind.MONEY, "what the provider says is left of what was paid"),
    _polled("probe_said", Kind.TEXT, "what a small request came to: ok, credits exhausted …"),
    _declared("paid_method", Kind.YESNO, "whether a card or bought credits could pay too", grant=False),
    Fact("costs", Kind.COSTS, Owner.POLLED, "costs by UTC day", grant=False),
    _derived("usual_daily_spend", Kind.MONEY, "costs of a usual day", grant=False),
    _derived("pace_change", Kind.NUMBER, "how many times a usual week the last 7 closed days cost", grant=False),
    _derived("account.credits_granted", Kind.MONEY, "granted amount over all grants", grant=False),
    _derived("account.credits_used", Kind.MONEY, "credits used over all grants", grant=False),
    _derived("account.credits_left", Kind.MONEY, "credits left over all grants", grant=False),
    *map(_list, (PROJECTS, MEMBERS, KEYS, MODELS, INVITES, SPEND_ALERTS, PAPERS, DATASETS, GRANTS)),
    _declared("grant_id", Kind.TEXT, "the grant's id"),
    _declared("accepted_on", Kind.DATE, "date of the acceptance mail"),
    _declared("accepted_address", Kind.TEXT, "the address that the acceptance was sent to"),
    _declared("enrolled_on", Kind.DATE, "first day on which the service watches the grant"),
    _declared("credits_requested", Kind.MONEY, "amount that you asked for in the application"),
    _declared("use_case", Kind.TEXT, "what you use the API for, in one sentence"),
    _declared("granted_models", Kind.TEXTS, "models named in the acceptance mail"),
    _derived("granted_model_names", Kind.TEXTS, "models named in the acceptance mail"),
    _declared("research_ends_on", Kind.DATE, "end of the research as given in the application"),
    _declared("renewed_by", Kind.TEXT, "id of the grant that renews this one"),
    _recorded("credits_granted", Kind.MONEY, "granted amount: Settings, Billing, Credit grants",
              "Did the credits come, and how much?"),
    _recorded("credits_granted_on", Kind.DATE, "day of the grant: Settings, Billing, Credit grants",
              "When did the credits come?"),
    _recorded("credits_expire_on", Kind.DATE,
              "day on which the credits expire: Settings, Billing, Credit grants",
              "When do the credits expire?"),
    _derived("credits_used", Kind.MONEY, "credits granted and costs since then"),
    _recorded("credits_left", Kind.MONEY, "balance: Settings, Billing, Credit grants", "How much is left?"),
    _derived("spent_since_granted", Kind.MONEY, "costs since the credits were granted"),
    _derived("balance_drift", Kind.MONEY, "how far a balance that was read and the costs are apart"),
    _derived("active", Kind.YESNO, "whether the credits came and the access goes on"),
    _derived("runway", Kind.DURATION, "how long the credits last at the usual pace"),
    _derived("runs_out_on", Kind.DATE, "day on which the credits are used up at the usual pace"),
    _derived("runs_out_earliest", Kind.DATE, "first day of the range for the day on which they are used up"),
    Fact("runs_out_latest", Kind.DATE, Owner.DERIVED,
         "last day of that range; none where they may never be used up", none="an open end"),
    _derived("unused_at_end", Kind.MONEY, "what is left when access ends, at the usual pace"),
    _derived("unused_at_least", Kind.MONEY, "the least of the range for what is left when access ends"),
    _derived("unused_at_most", Kind.MONEY, "the most of the range for what is left when access ends"),
    Fact("credits_hint", Kind.TEXT, Owner.DERIVED, "what hints at whether the credits came", hint=True),
    *map(_list, (BATCHES, LETTERS)),
    _list(GRANTED_MODELS, "granted_model_list"),
)  # fmt: skip

SERVICE_PROGRAM = "notifier"  # the program of the service itself, and the account that it watches

# What the service knows of itself: the facts of the account `notifier`.
SERVICE: tuple[Fact, ...] = (
    *_OF_EVERY_ACCOUNT,
    _derived(
        "rules_rejected", Kind.TEXT, "the first mistake of a rules file that was not taken over", grant=False
    ),
    _derived("accounts_rejected", Kind.NUMBER, "mistakes in the accounts files", grant=False),
    *map(_list, (DESTINATIONS, PROVIDERS)),
)
