"""The page over HTTP, for one person on this machine: a token in the address, no other host, no other origin."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import cached_property, lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from sim.scenario.arguments import MOST_SEED
from sim.scenario.loading import load
from sim.scenario.problems import ScenarioError, plain, refuse
from sim.scenario.scenario import Scenario
from sim.show.page.answers import WORLDS, Asked
from sim.show.written import names

if TYPE_CHECKING:
    from sim.show.page.advice import Study

MOST_BYTES = 65_536
"""Of a request."""

MOST_TABS = 32
"""Tabs whose latest question is known."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(), b"x-content-type-options": b"nosniff", b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store", b"cross-origin-opener-policy": b"same-origin",
}  # fmt: skip

STATIC = {"": ("page.html", "text/html"), "page.css": ("page.css", "text/css"), "page.js": ("page.js", "text/javascript")}

LONGER = ("levers", "explain", "design")
"""Questions that take a while."""

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Guard:
    """Refuses what comes from another page, and sends every answer with the headers of ours."""

    def __init__(self, app: Any) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin, site = headers.get(b"origin"), headers.get(b"sec-fetch-site", b"none")

        async def sealed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS.items()]
            await send(message)

        own = origin is None or origin == b"http://" + headers.get(b"host", b"")
        if not own or site not in {b"none", b"same-origin"}:
            await PlainTextResponse("from another page", 403)(scope, receive, sealed)
            return
        await self.app(scope, receive, sealed)


Name = Annotated[str, Field(max_length=200)]


class Question(BaseModel):
    """What a browser asks; every number has bounds."""

    model_config = ConfigDict(extra="forbid")

    scenario: Name
    processes: Annotated[list[Name], Field(max_length=2)] = []
    given: Annotated[dict[Name, Annotated[float, Field(allow_inf_nan=False)]], Field(max_length=64)] = {}
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 0
    tab: Name = ""
    turn: Annotated[int, Field(ge=0, le=2**53)] = 0
    process: Name = ""
    issue: Name = ""
    world: Annotated[int, Field(ge=0, lt=WORLDS)] = 0


class Page:
    """The scenarios that may be asked about, and what is answered."""

    def __init__(self, scenarios: Mapping[str, Path], *, first: str, seed: int) -> None:
        """``scenarios`` is name to file, ``first`` the one to begin with."""
        self.scenarios, self.first, self.seed = dict(scenarios), first, seed
        self.lock = threading.Lock()
        self.turns: dict[str, int] = {}
        self.study: tuple[str, Study] | None = None
        self.load = lru_cache(maxsize=8)(self._load)

    def _load(self, name: str) -> Scenario:
        if name not in self.scenarios:
            raise refuse("scenario", f"unknown scenario; expected one of {', '.join(self.scenarios)}")
        return load(self.scenarios[name])

    def asked(self, question: Question) -> Asked:
        """What a question is about; the first two processes if it names none."""
        scenario = self.load(question.scenario)
        return Asked(scenario, tuple(question.processes) or Asked.pair(scenario), question.given, question.seed)

    # ------------------------------------------------------------ answers

    def begin(self) -> dict[str, Any]:
        """The scenarios, and with which to begin."""
        return {"scenarios": list(self.scenarios), "first": self.first, "seed": self.seed}

    def scenario(self, question: Question) -> dict[str, Any]:
        """A scenario: title, processes, and what can be moved."""
        asked = self.asked(question)
        file = asked.scenario.file
        processes = {name: names(asked.scenario, "processes")[name] for name in file.processes}
        about = {"title": file.title, "about": file.about, "processes": processes, "chosen": list(asked.processes)}
        return about | {"parameters": asked.parameters()}

    def figures(self, question: Question) -> dict[str, Any]:
        """The figures."""
        return self.asked(question).figures()

    def world(self, question: Question) -> dict[str, Any]:
        """One world."""
        return self.asked(question).world(question.process, question.world)

    def changed(self, question: Question) -> dict[str, Any]:
        """The scenario with what is given, as a file."""
        return {"name": f"{question.scenario}-changed.yaml", "text": self.asked(question).changed()}

    def advise(self, kind: str, question: Question) -> dict[str, Any]:
        """How far a longer question is, or what was found; another one than before ends that one and begins."""
        from sim.show.page.advice import Study, work_of  # noqa: PLC0415 - a second, for who asks it

        key = f"{kind} {question.model_dump_json(exclude={'tab', 'turn', 'world'})}"
        if self.study is None or self.study[0] != key:
            work = work_of(kind, self.asked(question), question.issue, question.process)
            self.stop(question)
            self.study = (key, Study(work))
        study = self.study[1]
        if study.error:
            self.study = None
            raise refuse(kind, study.error)
        return {"done": study.done, "total": study.total, "found": study.found}

    def stop(self, _: Question) -> dict[str, Any]:
        """End the longer question."""
        if self.study is not None:
            self.study[1].stop()
            self.study = None
        return {}

    def answer(self, verb: Callable[[Question], dict[str, Any]], question: Question) -> dict[str, Any]:
        """One answer at a time; of questions of one tab that wait only the latest is answered (the others get ``late``)."""
        latest = max(self.turns.pop(question.tab, 0), question.turn)
        self.turns[question.tab] = latest
        if len(self.turns) > MOST_TABS:
            self.turns.pop(next(iter(self.turns)))
        with self.lock:
            if question.turn < self.turns.get(question.tab, 0):
                return {"late": True}
            return verb(question)

    # ------------------------------------------------------------ over HTTP

    @cached_property
    def verbs(self) -> dict[str, Callable[[Question], dict[str, Any]]]:
        """What can be asked, by the last part of the address."""
        longer = {kind: partial(self.advise, kind) for kind in LONGER}
        own = {"scenario": self.scenario, "figures": self.figures, "world": self.world, "changed": self.changed}
        return {**own, **longer, "stop": self.stop}

    async def ask(self, request: Request) -> Response:
        """Read a question and answer it; a message for a person where it cannot be answered."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return _message("the question is too long", 413)
        try:
            question = Question.model_validate_json(body)
            found = await run_in_threadpool(self.answer, self.verbs[request.path_params["verb"]], question)
        except KeyError:
            return _message("there is nothing here", 404)
        except ValidationError as error:
            first = error.errors()[0]
            return _message(f"{'.'.join(map(str, first['loc'])) or 'question'}: {first['msg']}", 422)
        except ScenarioError as error:
            return _message(plain(str(error)), 422)
        return JSONResponse(found)

    async def start(self, _: Request) -> Response:
        """Where to begin."""
        return JSONResponse(self.begin())


def _message(text: str, status: int) -> JSONResponse:
    return JSONResponse({"message": text[:2000]}, status)


def _file(name: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    content = (files("sim.show.page") / "static" / name).read_bytes()

    async def send(_: Request) -> Response:
        return Response(content, media_type=kind)

    return send


def application(page: Page, token: str) -> Starlette:
    """The page under ``/token/``; everything else is not there."""
    routes: list[Any] = [Route(f"/{name}", _file(file, kind)) for name, (file, kind) in STATIC.items()]
    routes += [Route("/begin", page.start), Route("/ask/{verb}", page.ask, methods=["POST"])]
    guards = [Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]), Middleware(Guard)]
    return Starlette(routes=[Mount(f"/{token}", routes=routes)], middleware=guards)


