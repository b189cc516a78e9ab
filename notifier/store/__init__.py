"""What the product remembers: one SQLite file, one process that runs on it, any number that read or leave an act.

Read in this order: `tables` (what is kept), `rows` (how a record becomes a row), `statements`, `session`,
`journal` (what happened, sealed), `outbox` and `transaction` (what the use cases see), `store` (who writes, who
reads, and when), `lock`, `migrating`.
"""
