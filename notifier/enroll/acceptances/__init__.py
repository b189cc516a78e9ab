"""Which program a mail accepts into, on which terms, and in which words it says so."""
