"""notifier: a research group that was given API credits never misses what the grant's terms ask of it."""
