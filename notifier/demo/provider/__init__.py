"""A simulated provider: it answers as OpenAI's organization API does, on this machine only.

The answers follow the public OpenAPI document: costs in daily buckets, people, projects, keys, limits; with a
project's key, what a model says. What each organization spends is settled by its seed, so that every run of a demo
tells the same story. Everything that real providers get wrong happens on command.

    python -m notifier.demo.provider --port 4301
"""

from notifier.demo.provider.books import Charge, Share
from notifier.demo.provider.crowd import Crowd
from notifier.demo.provider.organization import Organization
from notifier.demo.provider.provider import Provider
from notifier.demo.provider.records import (
    AdminKey,
    Credit,
    Invite,
    Model,
    Project,
    ProjectKey,
    RateLimit,
    SpendAlert,
    SpendLimit,
    User,
)

__all__ = [
    "AdminKey",
    "Charge",
    "Credit",
    "Crowd",
    "Invite",
    "Model",
    "Organization",
    "Project",
    "ProjectKey",
    "Provider",
    "RateLimit",
    "Share",
    "SpendAlert",
    "SpendLimit",
    "User",
]
