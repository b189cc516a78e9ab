"""Slack, as a bot (`bot`) or through an incoming webhook (`webhook`).

What the two say is made in `blocks`; what Slack answers means what `answers` says it means.
"""
