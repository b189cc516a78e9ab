"""What can be asked for, in words: as sentences call it, and what a key needs to be let in."""

from __future__ import annotations

from typing import NamedTuple

OWN_ADMIN_KEY = "made by an owner under Settings > Organization > Admin keys"


class Area(NamedTuple):
    """One kind of answer: *what* it is about, and the *right* that a key needs for it, as far as it is known.

    Refusals name the scope that is missing, and then that is said instead (`answers`). Seen so far:
    ``api.usage.read`` for costs, ``api.management.read`` for projects and users [seen: forum 1345041, 1368874].
    """

    what: str
    right: str


_READS = "the scope api.management.read (Organization Administration: Read)"

COSTS = Area("costs", "the scope api.usage.read")
SPEND_LIMIT = Area("the spend limit", f"most likely {_READS}")
SPEND_ALERTS = Area("spend alerts", f"most likely {_READS}")
PROJECTS = Area("projects", _READS)
MEMBERS = Area("members", _READS)
INVITES = Area("invites", f"most likely {_READS}")
PROJECT_KEYS = Area("the keys of projects", f"most likely {_READS}")
ADMIN_KEYS = Area("admin keys", f"most likely {_READS}")
RATE_LIMITS = Area("rate limits", f"most likely {_READS}")
PERMISSIONS = Area("the permission to use models", f"most likely {_READS}")
