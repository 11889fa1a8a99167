"""What is known for a secret, and what is not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from chainviz import trace
from chainviz.tracing.redact import Redactor, says_secret, secrets_of
from chainviz.tracing.values import SECRET

redactor = Redactor(["opensesame99", "short"])


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("key sk-proj-abcdefghijklmnop12 end", f"key {SECRET} end"),
        ("sk-ant-api03-abcdefghijklmnop", SECRET),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123", SECRET),
        ("AKIAIOSFODNN7EXAMPLE.", f"{SECRET}."),
        ("xoxb-123456789012-abcdef", SECRET),
        ("AIzaSyA1234567890abcdefghijklmnopqrstuv", SECRET),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJ", SECRET),
        ("Authorization: Bearer abc123def456", f"Authorization: Bearer {SECRET}"),
        ("Authorization: Basic dXNlcjpwYXNz=", f"Authorization: Basic {SECRET}"),
        ("postgres://bob:hunter2@db/x", f"postgres://bob:{SECRET}@db/x"),
        ("GET /x?api_key=abc123&y=1", f"GET /x?api_key={SECRET}&y=1"),
        ('Chat(password="correct-horse", k=3)', f'Chat(password="{SECRET}", k=3)'),
        ('{"client_secret": "correcthorse"}', f'{{"client_secret": "{SECRET}"}}'),
        (r"{\"api_key\": \"correcthorse\"}", rf"{{\"api_key\": \"{SECRET}\"}}"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE+abc\n-----END PRIVATE KEY-----", f"{SECRET}-----END PRIVATE KEY-----"),
        ("I say opensesame99!", f"I say {SECRET}!"),
    ],
)
def test_secrets_go_and_the_rest_stays(text: str, clean: str) -> None:
    assert redactor.text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "a basic understanding of bearer certificates",
        "task-oriented, ask-me-anything-about-everything",
        "max_tokens=500, token: hello1234",
        "def f(password: str, api_key=api_key): ...",
        "{context: list[Document], password: string}",
        "http://example.com:8080/a@b",
        "cut short",
        "the secret: none",
        "01a204f2-a4f9-7f4c-9f90-d154eaa69bba",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redactor.text(text) == text


def test_names_that_say_secret() -> None:
    for name in ("api_key", "apiKey", "OPENAI_API_KEY", "x-api-key", "password", "accessToken", "HF_TOKEN", "Cookie"):
        assert says_secret(name), name
    for name in (
        "key",
        "token",
        "tokens",
        "max_tokens",
        "input_tokens",
        "author",
        "passage",
        "secretary",
        "openai_api_base",
    ):
        assert not says_secret(name), name


def test_what_stands_under_such_a_name_goes() -> None:
    value = {
        "api_key": "plain",
        "headers": {"Authorization": ["one", "two"], "accept": "json"},
        "$pairs": 1,
        "pairs": {"$type": "dict", "items": [["password", "x"], [1, "y"]]},
        "secret": {"$type": "opaque", "class": "Key", "repr": "Key('x')"},
        "password": None,
        "token": "Zm9vYmFyMDEyMzQ1Njc4",
        "pieces": [{"token": " understanding"}, {"token": "1234"}],
    }
    assert redactor.value(value) == {
        "api_key": SECRET,
        "headers": {"Authorization": [SECRET, SECRET], "accept": "json"},
        "$pairs": 1,
        "pairs": {"$type": "dict", "items": [["password", SECRET], [1, "y"]]},
        "secret": SECRET,
        "password": None,
        "token": SECRET,
        "pieces": [{"token": " understanding"}, {"token": "1234"}],
    }


def test_a_schema_of_a_secret_keeps_its_types() -> None:
    schema = {"properties": {"api_key": {"type": "string", "title": "Api Key", "default": "plain"}}}
    assert redactor.value(schema)["properties"]["api_key"] == {"type": "string", "title": "Api Key", "default": SECRET}


KEYS = "sk-abcdefghijklmnopqrstu and opensesame99, sk-zyxwvutsrqponmlkji"


@given(st.lists(st.integers(0, len(KEYS)), max_size=12))
def test_a_secret_that_comes_in_pieces_goes(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(KEYS)]
    pieces = [KEYS[first:last] for first, last in pairwise(places)]
    clean = redactor.without(pieces, redactor.spans("".join(pieces)))
    assert len(clean) == len(pieces)
    assert "".join(clean) == f"{SECRET} and {SECRET}, {SECRET}"


class Client(BaseModel):
    api_key: SecretStr
    headers: dict[str, SecretStr] = {}

    @property
    def region(self) -> str:
        raise OSError("gone")


def test_the_secrets_of_a_step_and_of_the_environment_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(api_key=SecretStr("first-secret"), headers={"x": SecretStr("second-secret")})
    assert list(secrets_of(client)) == ["first-secret", "second-secret"]
    assert list(secrets_of(object())) == []
    monkeypatch.setenv("SHOP_PASSWORD", "third-secret")
    monkeypatch.setenv("SHOP_NAME", "corner shop")
    assert Redactor.of(trace()).text("third-secret of the corner shop") == f"{SECRET} of the corner shop"


@pytest.mark.parametrize(
    "text",
    [
        "eyJ" * 100_000,
        "bearer " * 50_000,
        "-----BEGIN PRIVATE KEY-----" * 10_000,
        "password='" * 30_000,
        "://a:" * 60_000,
        "api_key = " * 30_000,
        "secret:" + "a" * 300_000,
        "sk-" * 100_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text: str) -> None:
    """A form that goes back over a text again and again would take longer here than a test may."""
    assert len(redactor.text(text)) < 2 * len(text)
