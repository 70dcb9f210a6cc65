"""A sandbox of its own for a test class, and a person who signs in and consents without a browser."""

import base64
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

BINARY = os.environ.get(
    "FLEETGATE_BIN", str(pathlib.Path(__file__).resolve().parent.parent / "target/debug/fleetgate")
)


class World:
    """The world of a sandbox that runs at `base`."""

    def __init__(self, base):
        self.base = base
        self.world = requests.get(f"{base}/sandbox/world", timeout=10).json()

    @property
    def account(self):
        """The person who owns an awake car, an asleep car and the energy site."""
        return self.world["accounts"][0]

    def application(self, kind):
        """The first application of a kind; the world guarantees that it is registered and has a loopback redirect URI."""
        return next(app for app in self.world["applications"] if app["kind"] == kind)

    def vehicle(self, state, command_signing=None):
        """A vehicle of the first account in this state."""
        return next(
            vehicle
            for vehicle in self.world["vehicles"]
            if vehicle["owner"] == self.account["email"]
            and vehicle["state"] == state
            and command_signing in (None, vehicle["command_signing"])
        )

    def energy_site(self):
        """The energy site of the first account."""
        return next(site for site in self.world["energy_sites"] if site["owner"] == self.account["email"])

    def mint(self, **how):
        """A token without the flow that a person would go through."""
        answer = requests.post(f"{self.base}/sandbox/tokens", json=how, timeout=10)
        answer.raise_for_status()
        return answer.json()


class Sandbox(World):
    """`fleetgate dev` on a free port, in a folder that `stop` removes. Limits are off unless `more` says otherwise."""

    def __init__(self, *more):
        self.folder = tempfile.mkdtemp(prefix="fleetgate-e2e-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        base = f"http://127.0.0.1:{self.port}"
        self.log = open(os.path.join(self.folder, "output"), "w+", encoding="utf-8")
        limits = () if "--limits" in more else ("--limits", "off")
        place = ("--listen", f"127.0.0.1:{self.port}", "--data-dir", os.path.join(self.folder, "data"))
        self.process = subprocess.Popen(
            [BINARY, "dev", *place, *limits, *more],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        try:
            self._wait(base)
            super().__init__(base)
        except BaseException:
            self.log.seek(0)
            print(self.log.read())
            self.stop()
            raise

    def _wait(self, base):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if requests.get(f"{base}/status", timeout=5).text.strip() == "ok":
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise RuntimeError("the sandbox did not start")

    def stop(self):
        """Ends the process and removes its folder."""
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def loopback(app):
    """The redirect URI of an application that needs no DNS and no TLS."""
    return next(uri for uri in app["redirect_uris"] if re.match(r"http://(127\.0\.0\.1|localhost)[:/]", uri))


def consent(url, account):
    """Follows an authorization request as a person with a plain browser would.

    Signs in, allows everything, and returns the URL of the application to which the browser is sent.
    """
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    browser = requests.Session()
    answer = browser.get(url, allow_redirects=False, timeout=30)
    for _ in range(12):
        if answer.is_redirect:
            location = urljoin(answer.url, answer.headers["Location"])
            if not location.startswith(origin + "/"):
                return location
            answer = browser.get(location, allow_redirects=False, timeout=30)
            continue
        if answer.status_code != 200:
            raise AssertionError(f"{answer.url}: {answer.status_code}\n{answer.text}")
        form, button = _choose(answer)
        fields = []
        for field in form["fields"]:
            if field.get("type") == "checkbox" and "checked" not in field:
                continue
            fields.append((field["name"], account.get(field["name"], field.get("value") or "")))
        if button.get("name"):
            fields.append((button["name"], button.get("value") or ""))
        target = urljoin(answer.url, form.get("action") or "")
        headers = {"Origin": origin, "Referer": answer.url}
        answer = browser.post(target, data=fields, headers=headers, allow_redirects=False, timeout=30)
    raise AssertionError("the authorization request does not come to an end")


def _choose(answer):
    page = _Forms()
    page.feed(answer.text)
    signs_in = [form for form in page.forms if any(field["name"] == "password" for field in form["fields"])]
    wanted = "Sign in" if signs_in else "Allow"
    for form in signs_in or page.forms:
        for button in form["buttons"]:
            if button["text"].strip() == wanted:
                return form, button
    raise AssertionError(f"there is no button {wanted!r} on {answer.url}:\n{answer.text}")


class _Forms(HTMLParser):
    """The forms of a page with their fields and buttons."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.button = None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.forms.append({**attributes, "fields": [], "buttons": []})
        elif tag == "input" and self.forms and attributes.get("name"):
            self.forms[-1]["fields"].append(attributes)
        elif tag == "button" and self.forms:
            self.button = {**attributes, "text": ""}
            self.forms[-1]["buttons"].append(self.button)

    def handle_endtag(self, tag):
        if tag == "button":
            self.button = None

    def handle_data(self, data):
        if self.button is not None:
            self.button["text"] += data


def claims(token):
    """The claims of an access token, unverified."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
