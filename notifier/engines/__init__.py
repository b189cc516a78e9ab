"""Who calls the work when it is due, and again if the worker died."""
