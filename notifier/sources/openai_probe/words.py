"""What sentences of the probe share."""

A_PROJECT_KEY = "a key of a project, made under Settings > Project > API keys"
