"""Somebody at a browser, as far as the server can tell: cookies, forms, a file to send."""

import http.client
import re
import secrets
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE_S = 30
LINK = re.compile(r'href="(/[^"#?]*)')


@dataclass(frozen=True)
class Answer:
    """What came back, and after how long."""

    status: int
    text: str
    location: str
    seconds: float
    path: str


@dataclass
class Visitor:
    """One browser's worth of cookies; not to be shared between threads."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Ask for a page; a redirect is not followed."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, values: dict[str, str], *, page: str = "") -> Answer:
        """Send a form, with the token that its page carries; `page`: where the form stands."""
        body = urlencode(values | {"csrfmiddlewaretoken": self._token(page or path)}).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path: str, values: dict[str, str], name: str, content: str) -> Answer:
        """Send a form with a file in its field `file`."""
        edge = secrets.token_hex(16)
        head = f"--{edge}\r\nContent-Disposition: form-data; name="
        values = values | {"csrfmiddlewaretoken": self._token(path)}
        parts = [f'{head}"{key}"\r\n\r\n{value}\r\n' for key, value in values.items()]
        parts.append(
            f'{head}"file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n'
        )
        body = "".join([*parts, f"--{edge}--\r\n"]).encode()
        return self._ask(
            "POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"}
        )

    def sign_in(self, login: str, password: str) -> "Visitor":
        """Sign in for real."""
        answer = self.post("/sign-in/", {"login": login, "password": password})
        assert answer.status == 302, answer
        return self

    def pages(self) -> list[str]:
        """Every page that the menu leads to, group by group."""
        found, new = {"/"}, {"/"}
        while new:
            linked = {link for page in sorted(new) for link in self._menu(page)}
            new = linked - found
            found |= new
        return sorted(found)

    def _menu(self, page: str) -> set[str]:
        answer = self.get(page)
        assert answer.status == 200, answer
        nav = re.search(r"<nav.*?</nav>", answer.text, re.DOTALL)
        assert nav, answer
        return set(LINK.findall(nav.group()))

    def _token(self, path: str) -> str:
        """The token of the form at an address."""
        answer = self.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)
        assert found, answer
        return found.group(1)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        told = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.monotonic()
        with closing(connection):
            connection.request(method, path, body, {"Host": "localhost", "Cookie": told, **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {n: m.value for n, m in SimpleCookie(line).items()}
        location = answer.headers.get("Location", "")
        return Answer(answer.status, text, location, time.monotonic() - began, path)
