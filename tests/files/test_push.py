"""``push:`` names the secret with which programs push facts; whatever else stands there is a mistake."""

import pytest

from notifier.files.forms import NAMES_A_VARIABLE
from tests.files.test_accounts import LAB, faults, one


def test_the_secret_is_named(tmp_path):
    assert one(tmp_path, LAB).account.push == ""
    assert one(tmp_path, LAB + "    push: {env: LAB_PUSH_TOKEN}\n").account.push == "LAB_PUSH_TOKEN"
    assert one(tmp_path, LAB + "    push:\n").account.push == ""


A_NAME = "names a variable, such as LAB_PUSH_TOKEN; the token itself never stands here"


@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        ("fake-token-0123456789", f"6:11: `push: {{env: NAME}}` {A_NAME}"),
        ("[LAB_PUSH_TOKEN]", f"6:11: `push: {{env: NAME}}` {A_NAME}"),
        ("{env: fake-token-0123456789}", f"6:17: `env:` {NAMES_A_VARIABLE}"),
        ("{}", "6:11: `push` needs `env`"),
        ("{env: LAB_PUSH_TOKEN, evn: X}", "6:33: `evn` is not a field of `push`; did you mean `env`?"),
    ],
)
def test_a_mistake_is_named_at_its_place_and_what_may_be_the_token_is_not_repeated(tmp_path, stated, fault):
    found = faults(tmp_path, f"{LAB}    push: {stated}\n")

    assert found == [fault]
    assert "fake-token" not in "".join(found)
