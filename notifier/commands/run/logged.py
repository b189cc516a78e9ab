"""How a run logs: to standard error, a line for each thing that happened."""

from __future__ import annotations

import logging
import sys

import structlog

# Libraries that say much; what httpx says holds whole addresses, and some of these are secrets.
QUIET = ("aiosmtplib", "alembic", "apscheduler", "httpx", "httpcore", "slack_sdk", "uvicorn", "watchfiles")


def log_to_stderr(*, only_errors: bool = False) -> None:
    """Log to standard error, without the chatter of libraries; of our own everything, or errors alone."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR if only_errors else logging.NOTSET),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
