"""Finding and reading settings files, and refusing invalid and unsafe ones."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from antq_llm.config.settings_file import (
    FILE_NAME,
    find_settings_file,
    is_own_file,
    read_settings_file,
)
from antq_llm.errors import ConfigurationError
from helpers.paths import REPOSITORY


def written(tmp_path: Path, content: str | bytes) -> Path:
    """Write a settings file and return its path."""
    path = tmp_path / FILE_NAME
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_the_nearest_file_is_found(tmp_path: Path) -> None:
    """A file in the folder itself takes precedence over those in its parent folders."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    above = written(tmp_path, "")
    assert find_settings_file(below) == above
    assert find_settings_file(below.parent) == above
    here = written(below, "")
    assert find_settings_file(below) == here


def test_a_table_of_a_command_comes_before_the_keys_of_all(tmp_path: Path) -> None:
    """The table of a command takes precedence over keys outside tables."""
    file = read_settings_file(written(tmp_path, "limit = 1\n[extract]\nlimit = 2\n[eval]\nrpm = 3"))
    own, shared = file.values("extract")
    assert (own["limit"].value, shared["limit"].value) == (2, 1)
    assert own["limit"].place == f"{file.path} [extract]"
    assert file.values("eval")[0]["rpm"].value == 3


def test_a_profile_has_keys_and_tables(tmp_path: Path) -> None:
    """A profile has keys and tables like the file itself."""
    file = read_settings_file(
        written(tmp_path, "[profiles.p]\nlimit = 1\n[profiles.p.extract]\nlimit = 2")
    )
    own, shared = file.values("extract", "p")
    assert (own["limit"].value, shared["limit"].value) == (2, 1)
    assert own["limit"].place == f"{file.path} [profiles.p.extract]"


def test_a_profile_named_like_a_command_is_not_its_table(tmp_path: Path) -> None:
    """The keys of ``[profiles.export]`` are not those of ``[export]``."""
    file = read_settings_file(written(tmp_path, '[profiles.export]\nout = "x"'))
    assert file.values("export", "export") == [{}, {}]


def test_hyphens_are_underscores(tmp_path: Path) -> None:
    """A key can be written with hyphens, as on the command line."""
    file = read_settings_file(written(tmp_path, "max-cost = 1"))
    assert file.values("extract")[1]["max_cost"].value == 1.0


def test_other_commands_leave_a_key_alone(tmp_path: Path) -> None:
    """A key applies only to the commands that have the option."""
    file = read_settings_file(written(tmp_path, 'limit = 1\nout = "x"'))
    assert file.values("export") == [{}, {}]
    assert "limit" not in file.values("eval")[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('modle = "x"', r"unknown key 'modle'; did you mean .*model"),
        ("[extract]\nconcurency = 1", r"\[extract\] unknown key 'concurency'.*mean concurrency"),
        ("[profiles.p]\nmax_costs = 1", r"\[profiles.p\] unknown key.*mean max_cost\?"),
        ("[profiles.p.eval]\nlimit = 1", r"\[profiles.p.eval\] unknown key 'limit'"),
        ("[extrac]\nlimit = 1", "unknown key 'extrac'; did you mean extract"),
        ("zzzz = 1", "antq-llm config show"),
        ('concurrency = "eight"', "concurrency must be a whole number, not 'eight'"),
        ("[eval]\nfail_under = true", r"\[eval\] fail_under must be a number, not true"),
        ('mode = "strict"', "mode must be one of json_schema"),
        ('to = "csv"', r"to belongs in a command's table: \[export\]"),
        ("extract = 1", r"extract must be a table: write \[extract\]"),
        ("[profiles.p]\nextract = 1", r"extract must be a table: write \[profiles.p.extract\]"),
        ("profiles = 1", r"profiles must be tables, such as \[profiles.NAME\]"),
        ("[profiles]\np = 1", "profiles.p must be a table"),
        ("max_cost = 1\nmax-cost = 2", "max_cost is given twice"),
        ("[eval]\nmax_cost = 1\nmax-cost = 2", "max_cost is given twice"),
        ("limit = x", "not valid TOML: .*line 1"),
        ("limit = 1\0", "not valid TOML"),
        (b"\xff\xfel\0", "not UTF-8; save it as UTF-8"),
        (b'model = "\xe9"', "not UTF-8"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("limit = " + "9" * 5000, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    """The error names the file and says what is wrong and, if possible, what is right."""
    path = written(tmp_path, content)
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_settings_file(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        'api_key = "sk-very-secret"',
        'api-key = "sk-very-secret"',
        '[profiles.p]\nOPENAI_API_KEY = "sk-very-secret"',
        '[extract]\napi_key = "sk-very-secret"',
    ],
)
def test_a_key_in_the_file_is_refused(tmp_path: Path, content: str) -> None:
    """A secret is refused, and the error names the variable to set without showing the secret."""
    with pytest.raises(
        ConfigurationError, match="set the environment variable OPENAI_API_KEY"
    ) as e:
        read_settings_file(written(tmp_path, content))
    assert "very-secret" not in str(e.value)


@pytest.mark.parametrize("table", ["", "[extract]\n", "[profiles.p]\n", "[profiles.p.eval]\n"])
@pytest.mark.parametrize("url", ["https://lan:hush@host/v1", "https://host/v1?key=hush"])
def test_a_password_in_the_address_is_refused(tmp_path: Path, table: str, url: str) -> None:
    """An address with a user, password or query is refused and not shown."""
    path = written(tmp_path, f'{table}base_url = "{url}"')
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL") as caught:
        read_settings_file(path)
    assert "hush" not in str(caught.value)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    """A file saved by an editor on Windows is read like any other."""
    file = read_settings_file(written(tmp_path, b"\xef\xbb\xbflimit = 1\r\nrpm = 2\r\n"))
    assert {name: found.value for name, found in file.values("extract")[1].items()} == {
        "limit": 1,
        "rpm": 2,
    }


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    """A folder in place of the file, or a missing file, raises an error that names the path."""
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(ConfigurationError, match=f"{FILE_NAME} is a folder"):
        read_settings_file(tmp_path / FILE_NAME)
    with pytest.raises(ConfigurationError, match=r"x\.toml cannot be read: No such file"):
        read_settings_file(tmp_path / "x.toml")


def test_a_file_that_others_can_write_is_not_ones_own(tmp_path: Path) -> None:
    """A file that other users can write to is not the user's own."""
    path = written(tmp_path, "")
    path.chmod(0o644)
    assert is_own_file(path)
    path.chmod(0o666)
    assert not is_own_file(path)


@pytest.mark.parametrize(
    ("owner", "user", "expected"),
    [(1000, 1000, True), (0, 1000, True), (1001, 1000, False), (1001, 0, False)],
)
def test_a_file_of_another_user_is_not_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: int, user: int, expected: bool
) -> None:
    """A file owned by another user, except the administrator, is not the user's own."""
    path = written(tmp_path, "")
    path.chmod(0o644)
    mode, inode, device, links, _, *rest = path.stat()
    with monkeypatch.context() as patched:  # Only the administrator can change a file's owner.
        owned = os.stat_result([mode, inode, device, links, owner, *rest])
        patched.setattr(Path, "stat", lambda *_, **__: owned)
        patched.setattr(os, "getuid", lambda: user)
        assert is_own_file(path) is expected


def test_a_link_of_another_user_is_not_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that another user owns is not the user's own, even if the linked file is."""
    path = written(tmp_path, "")
    path.chmod(0o644)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    assert is_own_file(link)
    if os.getuid() == 0:
        os.lchown(link, 1234, 1234)
    else:
        monkeypatch.setattr(os, "getuid", lambda: path.stat().st_uid + 1)
    assert not is_own_file(link)


def test_the_file_on_the_documentation_page_is_valid(tmp_path: Path) -> None:
    """The file that docs/settings.md shows can be read."""
    page = (REPOSITORY / "docs/settings.md").read_text("utf-8")
    [block] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    file = read_settings_file(written(tmp_path, block))
    assert file.values("extract", "cheap")[0]["batch"].value is True


def test_the_example_in_the_documentation_is_valid() -> None:
    """The file in docs/ can be read and has the profiles ``cheap`` and ``local``."""
    file = read_settings_file(REPOSITORY / "docs" / FILE_NAME)
    assert set(file.profiles) == {"cheap", "local"}
    assert file.values("extract", "cheap")
