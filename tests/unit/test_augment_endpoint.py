"""Models that are asked over HTTP: a real server on this machine answers, well, badly and not at all."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from engine import audit, cli
from engine.augment import asker as asking
from engine.augment.asker import Asker, Unusable
from engine.augment.candidates import candidates, candidates_file, refused_file
from engine.augment.endpoint import Endpoint, checked_url, endpoint, lacking, store
from engine.augment.looking import look
from engine.augment.making import make
from engine.augment.methods import find_method
from engine.augment.order import Order
from engine.augment.prompts import fields
from engine.augment.reasons import Refusal
from engine.data.adopt import current
from engine.errors import DataError, GateError, MissingDependencyError, ResourceError, UsageError
from engine.project import Project
from tests.unit.made_rows import chat, question, rows, split_project

KEY = "velvet-otter-lagoon"
"""Of no shape that masking knows."""
SHAPED = "sk-test-" + "4f9a8b7c6d5e4f3a2b1c"
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
"""Of a shape that the name of a variable may have too."""


class Model:
    """Answers in order: a text is a message, anything else what the server does."""

    def __init__(self, server: HTTPServer, answer: Callable[[str, int], Any]) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._answer = answer
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(self._handle)
        self.url = server.url_for("/v1")
        self.endpoint = Endpoint(self.url, "tiny", None)

    def _handle(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        self.asked.append(body)
        self.headers.append(dict(request.headers))
        text = body["messages"][-1]["content"].removeprefix("<<<\n").removesuffix("\n>>>")
        answer = self._answer(text, len(self.asked))
        return answer if isinstance(answer, Response) else completion(answer)


def completion(content: Any, **more: Any) -> Response:
    choices = [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]
    body = {"id": "1", "object": "chat.completion", "choices": choices, "usage": {"total_tokens": 7}, **more}
    return Response(json.dumps(body), content_type="application/json")


def reworded(text: str, number: int) -> str:
    """The question with another beginning, in the form that is asked for."""
    middle = text.removeprefix("My ").removesuffix("?")
    return json.dumps({"text": f"I have to tell you something about the thing of mine: {middle} then"})


def order(model: Model, name: str = "paraphrase", **more: Any) -> Order:
    return Order(find_method(name), endpoint=model.endpoint, **more)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Seconds that were waited, without waiting."""
    waited: list[float] = []
    yield waited


def test_paraphrases_keep_the_answer_and_say_who_made_them(
    project: Project, httpserver: HTTPServer, waits: list[float]
) -> None:
    split_project(project)
    model = Model(httpserver, reworded)
    done = make(project, order(model, count=5), wait=waits.append)
    assert (done.made, done.requests, done.again, done.tokens, waits) == (5, 5, 0, 35, [])
    parents = {row.id: row for row in current(project).rows("train")}
    for row in candidates(project):
        assert row.provenance and row.provenance["generator"] == f"tiny at {model.endpoint.host}"
        assert row.answer == parents[row.parent or ""].answer
        assert row.messages[0]["content"].startswith("I have to tell you something")
    assert {one["model"] for one in model.asked} == {"tiny"}


def test_a_back_translation_goes_there_and_back(project: Project, httpserver: HTTPServer) -> None:
    split_project(project)

    def answer(text: str, number: int) -> str:
        return json.dumps({"text": f"fr:{text}"}) if number % 2 else reworded(text.removeprefix("fr:"), number)

    model = Model(httpserver, answer)
    done = make(project, order(model, "back-translation", count=2, through="French"))
    assert (done.made, done.requests) == (2, 4)
    assert "into French" in model.asked[0]["messages"][0]["content"]
    assert "into English" in model.asked[1]["messages"][0]["content"]


def test_a_synthetic_row_is_made_after_rows_of_one_category(project: Project, httpserver: HTTPServer) -> None:
    split_project(project)

    def answer(text: str, number: int) -> str:
        shown = [json.loads(line) for line in text.splitlines()]
        assert len({json.loads(one["answer"])["queue"] for one in shown}) == 1 and len(shown) == 3
        return json.dumps({"prompt": question(5000 + number), "answer": json.loads(shown[0]["answer"])})

    done = make(project, order(Model(httpserver, answer), "synthetic", count=3))
    assert done.made == 3
    parents = {row.id: row for row in current(project).rows("train")}
    for row in candidates(project):
        assert json.loads(row.answer)["queue"] == parents[row.parent or ""].meta["queue"] == row.meta["queue"]


HOSTILE: dict[str, tuple[Any, str]] = {
    "escape": (json.dumps({"text": "My \x1b]52;c;aGk=\x07\x9b2Jthing, where is it and what do I do?"}), "control"),
    "not json": ("Sure! Here you go: I have to tell you", "malformed"),
    "half": ('{"text": "I have to', "malformed"),
    "other": ('{"words": "x"}', "malformed"),
    "number": ('{"text": 7}', "malformed"),
    "list": ("[1, 2]", "malformed"),
    "deep": ("[" * 100_000, "malformed"),
    "nothing": ("", "empty"),
    "blank": ('{"text": "  "}', "empty"),
    "null": (None, "empty"),
    "declined": ("I'm sorry, but I can't help with that.", "declined"),
    "declined in form": ('{"text": "I cannot assist with that request."}', "declined"),
    "huge": (Response("x" * (asking.LONGEST + 10), content_type="application/json"), "malformed"),
    "html": (Response("<html>busy</html>", content_type="text/html"), "malformed"),
    "no choices": (Response('{"choices": []}', content_type="application/json"), "malformed"),
    "surrogate": (Response(b'{"choices":[{"message":{"content":"\\ud800"}}]}'), "malformed"),
    "gzip": (Response(b"\x1f\x8b\x08\x00", headers={"Content-Encoding": "gzip"}), "malformed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_model_may_say_is_refused_and_counted_and_the_rest_goes_on(
    project: Project, httpserver: HTTPServer, name: str
) -> None:
    split_project(project)
    bad, reason = HOSTILE[name]
    model = Model(httpserver, lambda text, number: bad if number == 1 else reworded(text, number))
    done = make(project, order(model, count=2))
    assert (done.made, dict(done.refused)) == (2, {reason: 1})
    for file in (candidates_file(project), refused_file(project)):
        assert b"\x1b" not in file.read_bytes() and b"\x9b" not in file.read_bytes()
    assert make(project, order(model, count=2)).requests == 0


def test_too_fast_is_waited_for_as_the_server_says(
    project: Project, httpserver: HTTPServer, waits: list[float]
) -> None:
    split_project(project)

    def answer(text: str, number: int) -> Any:
        busy = {1: Response("slow down", 429, headers={"Retry-After": "7"}), 2: Response("", 503), 3: Response("", 429)}
        return busy.get(number) or reworded(text, number)

    done = make(project, order(Model(httpserver, answer), count=2), wait=waits.append)
    assert (done.made, done.again, waits) == (2, 3, [7.0, 2.0, 4.0])


def test_a_wait_is_never_longer_than_a_minute(httpserver: HTTPServer, waits: list[float]) -> None:
    model = Model(httpserver, lambda text, number: Response("", 429, headers={"Retry-After": "86400"}))
    with pytest.raises(ResourceError, match="is too busy"):
        Asker(model.endpoint, waits.append).ask([{"role": "user", "content": "x"}])
    assert waits == [60.0] * 4


def test_a_server_that_goes_in_the_middle_loses_nothing(
    project: Project, httpserver: HTTPServer, waits: list[float]
) -> None:
    split_project(project)

    def answer(text: str, number: int) -> Any:
        half = Response(iter([b'{"choices": [{"mes']), headers={"Content-Length": "900"})
        return reworded(text, number) if number <= 3 or number > 8 else half

    model = Model(httpserver, answer)
    with pytest.raises(ResourceError, match=r"broke off its answer \(5 tries\); made until then: 3"):
        make(project, order(model, count=5), wait=waits.append)
    assert len(list(candidates(project))) == 3 and waits == [1.0, 2.0, 4.0, 8.0]
    assert make(project, order(model, count=5)).made == 2
    assert len({row.id for row in candidates(project)}) == 5


def test_a_server_that_is_not_there_is_said(project: Project, waits: list[float]) -> None:
    split_project(project)
    nowhere = Order(find_method("paraphrase"), count=1, endpoint=Endpoint("http://127.0.0.1:9/v1", "tiny", None))
    with pytest.raises(ResourceError, match="cannot be reached"):
        make(project, nowhere, wait=waits.append)


def test_a_slow_drip_is_cut_off(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    monkeypatch.setattr(asking, "TIMEOUT_S", 0.05)

    def drip() -> Iterator[bytes]:
        import threading

        for _ in range(100):
            threading.Event().wait(0.02)
            yield b" " * 70_000

    model = Model(httpserver, lambda text, number: Response(drip(), content_type="application/json"))
    with pytest.raises(ResourceError, match="did not answer within 0 s"):
        Asker(model.endpoint, waits.append).ask([{"role": "user", "content": "x"}])


@pytest.mark.parametrize(("status", "said"), [(400, "chat model"), (401, "--key-env"), (404, "/v1"), (422, "log")])
def test_what_will_not_be_better_the_next_time_stops_at_once(
    project: Project, httpserver: HTTPServer, status: int, said: str
) -> None:
    split_project(project)
    model = Model(httpserver, lambda text, number: Response(f"\x1b[2Jno, {SHAPED}", status))
    with pytest.raises(UsageError, match=f"status {status}") as refused:
        make(project, order(model, count=3))
    assert said in refused.value.hint and SHAPED not in str(refused.value) and "\x1b" not in str(refused.value)
    assert len(model.asked) == 1


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    model = Model(httpserver, lambda text, number: Response("", 307, headers={"Location": "http://127.0.0.2/v1"}))
    with pytest.raises(UsageError, match="redirects to another address"):
        Asker(model.endpoint).ask([{"role": "user", "content": "x"}])
    assert len(model.asked) == 1


def test_no_proxy_sees_what_goes_to_this_machine(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    model = Model(httpserver, reworded)
    assert Asker(model.endpoint).ask([{"role": "user", "content": "<<<\nx\n>>>"}])


def test_a_model_that_says_nothing_of_use_is_not_asked_for_ever(project: Project, httpserver: HTTPServer) -> None:
    split_project(project)
    model = Model(httpserver, lambda text, number: "nonsense")
    with pytest.raises(DataError, match="the last 20 replies could not be used"):
        make(project, order(model, count=30))
    assert len(model.asked) == 20


def test_tries_end_at_two_for_each_wanted_row(project: Project, httpserver: HTTPServer) -> None:
    split_project(project)
    model = Model(httpserver, lambda text, number: json.dumps({"text": text}))
    done = make(project, order(model, count=4))
    assert (done.made, len(model.asked), dict(done.refused)) == (0, 8, {"copy": 8})
    assert done.short and "2 tries" in done.short


def test_nothing_leaves_this_machine_without_consent(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    split_project(project, [*rows(), *(chat(question(700 + n), f"Write to jane{n}@example.org.") for n in range(6))])
    sent: list[Any] = []
    monkeypatch.setattr(Asker, "ask", lambda self, messages: sent.append(messages) or reworded(_asked(messages), 1))
    away = Order(find_method("paraphrase"), count=3, endpoint=Endpoint("https://models.example/v1", "big", None))
    found = look(project, away).document()
    size = sum(len(json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode()) for one in [found["request"]])
    assert found["consent_needed"] and found["sending"]["rows"] == 6
    assert found["sending"]["bytes"] == pytest.approx(6 * size, rel=0.1)
    assert (found["sending"]["retention"], found["sending"]["price"]) == ("not known", "not known")
    assert found["unfit"] == {"with personal data, which are not sent to another machine": 6} or found["unfit"]
    with pytest.raises(GateError, match="nothing was sent: up to 6 train rows") as refused:
        make(project, away)
    assert "models.example" in str(refused.value) and "--consent" in refused.value.hint and not sent
    assert make(project, away, consent=True).made == 3
    assert len(sent) == 3 and "example.org" not in json.dumps(sent)
    (line,) = [one for one in audit.entries(project.audit) if one["event"] == "augment.consent"]
    assert (line["destination"], line["model"], line["rows"]) == ("models.example", "big", 6) and line["bytes"] > 0


def _asked(messages: Any) -> str:
    return str(messages[-1]["content"]).removeprefix("<<<\n").removesuffix("\n>>>")


def test_the_key_is_sent_and_written_nowhere(
    project: Project, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    split_project(project)
    model = Model(httpserver, lambda text, number: reworded(text, number) if number < 3 else Response(KEY, 403))
    monkeypatch.setenv("TINY_KEY", KEY)
    where = ("--project", str(project.root))
    stored = ("--url", model.url, "--model", "tiny", "--key-env", "TINY_KEY")
    assert cli.main(["augment", "endpoint", *stored, *where]) == 0
    assert cli.main(["augment", "make", "--method", "paraphrase", "--count", "5", *where]) == 2
    assert model.headers[0]["Authorization"] == f"Bearer {KEY}"
    said = "".join(capsys.readouterr())
    assert "status 403" in said and KEY not in said
    files = [path for path in project.root.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in path.read_bytes() for path in files) and len(list(candidates(project))) == 2
    monkeypatch.delenv("TINY_KEY")
    assert lacking(project) == "the environment variable TINY_KEY holds no key"
    assert cli.main(["augment", "make", "--method", "paraphrase", "--count", "5", *where]) == 2
    assert cli.main(["augment", "endpoint", "--key-env", KEY, *where]) == 2
    assert KEY not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "chosen",
    [
        Endpoint(f"http://localhost/{SHAPED}/v1", "m", None),
        Endpoint("http://localhost/v1", SHAPED, None),
        Endpoint("http://localhost/v1", "m", GITHUB),
    ],
)
def test_a_key_in_the_wrong_place_is_neither_stored_nor_repeated(project: Project, chosen: Endpoint) -> None:
    before = project.settings_file.read_bytes()
    with pytest.raises(UsageError, match="looks like a key") as stored:
        store(project, chosen)
    with pytest.raises(UsageError, match="looks like a key") as asked:
        make(project, Order(find_method("paraphrase"), endpoint=chosen))
    assert not any(one in f"{stored.value} {asked.value}" for one in (SHAPED, GITHUB))
    assert project.settings_file.read_bytes() == before


def test_no_secret_that_a_model_says_is_kept(project: Project, httpserver: HTTPServer) -> None:
    split_project(project)
    said = ["x" * 100 + f" {GITHUB}", f'{{"other": "{GITHUB}"}}', f'{{"text": "Sorry, I {GITHUB}"}}']
    model = Model(httpserver, lambda text, number: said[number % 3])
    make(project, order(model, count=3))
    kept = refused_file(project).read_text("utf-8")
    assert "<SECRET:" in kept
    assert GITHUB[:12] not in kept


def test_a_key_goes_to_no_other_server_than_its_own(project: Project) -> None:
    project.set("augment", {"endpoint": "https://one.example/v1", "model": "m", "key_env": "ONE"})
    own, other = endpoint(project), endpoint(project, "https://two.example/v1")
    assert own and own.key_env == "ONE" and other and other.key_env is None


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:8000/v1/", True),
        ("http://127.0.0.5/v1", True),
        ("http://[::1]:11434/v1", True),
        ("http://10.0.0.7:8000/v1", False),
        ("https://localhost.example/v1", False),
        ("https://127.0.0.1.example/v1", False),
        ("http://0.0.0.0:8000/v1", False),
    ],
)
def test_only_this_machine_is_this_machine(url: str, loopback: bool) -> None:
    assert Endpoint(checked_url(url), "m", None).loopback is loopback


@pytest.mark.parametrize(
    "url",
    [
        *("", "localhost:8000", "ftp://host/v1", "http://", "http://a b/v1", "http://u:secret@h/v1", "http://h:0x/v1"),
        *(
            "http://h/v1?key=1",
            "http://h/\x1b[2J",
            "http://hö/v1",
            "file:///etc/passwd",
            "http://[::1",
            "http://h:0/v1",
        ),
    ],
)
def test_what_is_no_address_is_refused_and_a_password_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked_url(url)
    assert "secret" not in str(refused.value)


def test_without_an_endpoint_or_its_model_the_reason_is_said(project: Project) -> None:
    split_project(project)
    with pytest.raises(UsageError, match="no endpoint is configured to make rows by synthetic"):
        make(project, Order(find_method("synthetic")))
    project.set("augment", {"endpoint": "http://localhost:1/v1"})
    with pytest.raises(UsageError, match="no model is named"):
        endpoint(project)
    assert lacking(project) == "no model is named for http://localhost:1/v1"


def test_without_the_client_the_pip_command_is_said(
    project: Project, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_project(project)
    monkeypatch.setattr("engine.extras.versions", lambda names: dict.fromkeys(names))
    with pytest.raises(MissingDependencyError, match="openai") as refused:
        make(project, order(Model(httpserver, reworded), count=1))
    assert "tunewright[providers]" in refused.value.hint


def test_a_reply_is_taken_in_a_fence_and_an_answer_as_an_object() -> None:
    assert fields('```json\n{"text": "so"}\n```', ["text"]) == {"text": "so"}
    assert fields(' {"prompt": "p", "answer": {"a": 1}} ', ["prompt", "answer"]) == {"prompt": "p", "answer": '{"a":1}'}
    assert isinstance(fields("{}", ["text"]), Refusal)


def test_a_reply_without_a_message_is_unusable(httpserver: HTTPServer) -> None:
    model = Model(httpserver, lambda text, number: Response('{"choices": [{"message": 3}]}'))
    with pytest.raises(Unusable):
        Asker(model.endpoint).ask([{"role": "user", "content": "x"}])


def test_a_cancelled_command_keeps_what_it_made_and_goes_on_the_next_time(
    project: Project, httpserver: HTTPServer
) -> None:
    split_project(project)
    started: list[subprocess.Popen[bytes]] = []

    def answer(text: str, number: int) -> str:
        if number == 4:
            started[0].terminate()
            started[0].wait(30)
        return reworded(text, number)

    model = Model(httpserver, answer)
    project.set("augment", {"endpoint": model.url, "model": "tiny"})
    make_six = ("augment", "make", "--method", "paraphrase", "--count", "6", "--project", str(project.root))
    started.append(subprocess.Popen([sys.executable, "-m", "engine.cli", *make_six], stderr=subprocess.PIPE))
    assert started[0].communicate(timeout=60) and started[0].returncode == 143
    assert len(list(candidates(project))) == 3
    (line,) = [one for one in audit.entries(project.audit) if one["event"] == "augment.make"]
    assert (line["method"], line["made"], line["wanted"]) == ("paraphrase", 3, 6)
    assert make(project, order(model, count=6)).made == 3
