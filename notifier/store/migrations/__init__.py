"""The steps from one schema to the next; `notifier.store.migrating` runs them."""
