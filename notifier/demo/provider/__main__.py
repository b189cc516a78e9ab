"""Start the simulated provider by itself: `python -m notifier.demo.provider --help`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from signal import SIG_BLOCK, SIGINT, SIGTERM, pthread_sigmask, sigwait
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.demo.provider import Crowd, Provider
from notifier.demo.provider.kinds import KINDS
from notifier.demo.provider.sample import ADMIN_KEY, COSTS_ONLY_KEY, PROJECT_KEY, sample

if TYPE_CHECKING:
    from datetime import date

PORT = 4301
ENDINGS = (SIGINT, SIGTERM)
YEAR_AND_A_BIT = timedelta(days=400)


@click.command()
@click.option("--port", default=PORT, show_default=True, help="On 127.0.0.1; 0 takes any free one.")
@click.option("--many", type=click.IntRange(1), help="So many organizations in place of the sample.")
@click.option("--today", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day it stands at; else today in UTC.")
def main(port: int, many: int | None, day: datetime | None) -> None:
    """Answer as OpenAI's organization API does, on this machine only, until Ctrl-C."""
    clock = Clock()

    def today() -> date:
        return datetime.fromtimestamp(clock.now(), UTC).date() if day is None else day.date()

    started = today()
    organizations = [sample(started)] if many is None else Crowd(many, started - YEAR_AND_A_BIT)
    provider = Provider(organizations, today, port=port)
    pthread_sigmask(SIG_BLOCK, ENDINGS)  # they are waited for, in this thread and in no other
    provider.start()
    click.echo(f"Simulated provider at {provider.url}")
    click.echo(_keys(many))
    click.echo(f'Faults: POST {provider.url.removesuffix("/v1")}/_play {{"fault": …}}, one of {", ".join(KINDS)}')
    sigwait(ENDINGS)
    provider.stop()


def _keys(many: int | None) -> str:
    if many is not None:
        return f"Admin keys: fake-admin-key-0 to fake-admin-key-{many - 1}"
    return f"Admin key {ADMIN_KEY} (for costs only: {COSTS_ONLY_KEY}), project key {PROJECT_KEY}"


if __name__ == "__main__":
    main()
