"""What can only be a key is refused, and never repeated."""

import pytest

from notifier.core.keys import refuse_key

TAIL = "4711" * 8


@pytest.mark.parametrize(
    "key",
    [f"sk-{TAIL}", f"sk-proj-{TAIL}", f"(sk-admin-{TAIL})", f"xoxb-{TAIL}", f"xapp-1-{TAIL}", f"SG.{TAIL}.x"],
)
def test_a_key_is_refused_without_being_repeated(key):
    with pytest.raises(ValueError, match="looks like a key") as refused:
        refuse_key(f"it is {key}, I think")

    assert "4711" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["sk-physics", "task-force-" + TAIL, "org-" + TAIL, "desk-" + TAIL, "SG.physics", ""]
)
def test_other_words_pass(text):
    refuse_key(text)
