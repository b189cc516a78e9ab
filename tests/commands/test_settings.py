"""Settings and secrets come from the environment, `.env` and a folder, and from nowhere else."""

from pathlib import Path

import pytest

from notifier.settings import SHIPPED_RULES, Settings, SettingsError, read_settings

NAME = "LAB_OPENAI_ADMIN_KEY"


@pytest.fixture
def settings(here, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    (here / "secrets").mkdir()
    return Settings()


def test_without_anything_said_everything_lies_in_the_folder(settings):
    assert (settings.rules, settings.accounts, settings.state, settings.secrets) == (
        SHIPPED_RULES,
        Path("accounts.yaml"),
        Path("state"),
        Path("secrets"),
    )


def test_the_environment_wins_over_the_file(here, monkeypatch):
    (here / ".env").write_text("NOTIFIER_STATE=from-file\nNOTIFIER_RULES=my-rules\nUNKNOWN=1\n")
    monkeypatch.setenv("NOTIFIER_STATE", "from-environment")
    found = Settings()

    assert (found.state, found.rules) == (Path("from-environment"), Path("my-rules"))


def test_a_secret_is_looked_for_in_environment_file_and_folder_in_this_order(here, monkeypatch, settings):
    assert settings.secret(NAME) is None
    (here / "secrets" / NAME).write_text("from the folder\n")
    assert settings.secret(NAME) == "from the folder"
    (here / ".env").write_text(f"{NAME}=from the file\n")
    assert settings.secret(NAME) == "from the file"
    monkeypatch.setenv(NAME, "from the environment")
    assert settings.secret(NAME) == "from the environment"


@pytest.mark.parametrize("raw", [b"", b"\n", b"\xff\xfe"])
def test_a_secret_file_without_a_secret_is_none(here, settings, raw):
    (here / "secrets" / NAME).write_bytes(raw)

    assert settings.secret(NAME) is None


def test_settings_show_no_secret(here, monkeypatch, settings):
    monkeypatch.setenv(NAME, "sk-admin-secret")
    (here / ".env").write_text("OTHER_KEY=sk-other-secret\n")

    assert "secret'" not in repr(Settings()).replace("secrets'", "")
    assert "sk-" not in repr(Settings())


def test_a_setting_that_cannot_be_used_is_named_without_its_value(here, monkeypatch):
    monkeypatch.setenv("NOTIFIER_HOLD_ABOVE", "sk-a-key-in-the-wrong-place")
    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert str(caught.value).startswith("NOTIFIER_HOLD_ABOVE: Input should be a valid integer")
    assert "sk-a-key" not in str(caught.value)


def test_a_file_of_settings_that_is_no_text_is_named(here, call):
    (here / ".env").write_bytes(b"NOTIFIER_STATE=\xff\n")
    result = call("check")

    assert (result.exit_code, result.stderr) == (2, ".env is not UTF-8\n")
