"""The OpenAPI document: a generator makes a client of it, and a property tester finds no answer that it does not describe.

Everything here follows from the document, so that an operation is tested because it is in the table.
"""

import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import requests

from sandbox import Sandbox

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
# How many random requests each operation gets, beside its examples and the borders of its parameters.
EXAMPLES = 8
SEED = 20261126


class WithDocument(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)
        folder = tempfile.TemporaryDirectory(prefix="fleetgate-contract-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.document = cls.folder / "openapi.json"
        cls.document.write_text(requests.get(f"{cls.sandbox.base}/docs/openapi.json", timeout=10).text)

    @classmethod
    def operations(cls):
        """Every operation of the document."""
        for item in json.loads(cls.document.read_text())["paths"].values():
            yield from item.values()

    @classmethod
    def token(cls, kind):
        """A token of everything that an application of this kind can have."""
        how = {} if kind == "partner" else {"account": cls.sandbox.account["email"]}
        return cls.sandbox.mint(application=cls.sandbox.application(kind)["name"], **how)["access_token"]

    @classmethod
    def run_tool(cls, *arguments):
        """Runs a program of the virtual environment in the folder. Answers its exit code and what it printed."""
        program = pathlib.Path(sys.executable).parent / arguments[0]
        environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
        done = subprocess.run(
            [program, *arguments[1:]],
            cwd=cls.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout


class Generator(WithDocument):
    """The package openapi-python-client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        config = cls.folder / "config.json"
        config.write_text(json.dumps({"post_hooks": [], "package_name_override": "generated_client"}))
        generate = ["openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"]
        where = ["--path", str(cls.document), "--config", str(config), "--output-path", "generated_client"]
        code, output = cls.run_tool(*generate, *where)
        if code != 0:
            raise AssertionError(output)
        sys.path.insert(0, str(cls.folder))
        cls.addClassCleanup(sys.path.remove, str(cls.folder))

    @staticmethod
    def function(operation):
        """The generated module of an operation; some have names that Python keeps for itself."""
        group = operation["tags"][0].lower().replace(" ", "_")
        name = operation["operationId"]
        package = f"generated_client.api.{group}"
        try:
            return importlib.import_module(f"{package}.{name}")
        except ModuleNotFoundError:
            return importlib.import_module(f"{package}.{name}_")

    def test_there_is_a_function_for_every_operation(self):
        count = 0
        for operation in self.operations():
            function = self.function(operation)
            self.assertTrue(callable(function.sync_detailed) and callable(function.asyncio_detailed))
            count += 1
        self.assertGreater(count, 20)

    def test_the_generated_client_reads_what_the_sandbox_answers(self):
        from generated_client import AuthenticatedClient

        me = self.function(next(operation for operation in self.operations() if operation["operationId"] == "me"))
        with AuthenticatedClient(base_url=self.sandbox.base, token=self.token("third_party")) as client:
            answer = me.sync_detailed(client=client)
        self.assertEqual((answer.status_code, answer.parsed.response.email), (200, self.sandbox.account["email"]))
        with AuthenticatedClient(base_url=self.sandbox.base, token="none") as client:
            answer = me.sync_detailed(client=client)
        self.assertEqual((answer.status_code, answer.parsed.error), (401, "invalid bearer token"))


class Properties(WithDocument):
    """The package schemathesis."""

    def test_nothing_is_answered_that_is_not_described(self):
        code, output = self.look(self.document)
        self.assertEqual(code, 0, output)

    def test_nor_to_a_stranger(self):
        code, output = self.look(self.document, "--phases", "examples", is_stranger=True)
        self.assertEqual(code, 0, output)

    def test_an_answer_that_is_not_described_is_found(self):
        document = json.loads(self.document.read_text())
        del document["paths"]["/api/1/users/me"]["get"]["responses"]["200"]
        lacking = self.folder / "lacking.json"
        lacking.write_text(json.dumps(document))
        code, output = self.look(lacking, "--include-path", "/api/1/users/me")
        self.assertEqual(code, 1, output)
        self.assertIn("Undocumented status code", output)

    def look(self, document, *more, is_stranger=False):
        """Lets schemathesis look at what a document describes."""
        config = self.folder / "schemathesis.toml"
        config.write_text("" if is_stranger else self.config())
        where = ["--config-file", str(config), "run", str(document), "--url", self.sandbox.base]
        what = ["--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES), "--seed", str(SEED)]
        phases = () if "--phases" in more else ("--phases", "examples,coverage,fuzzing")
        return self.run_tool("st", *where, *what, *phases, "--generation-database", "none", "--warnings", "off", *more)

    def config(self):
        """A token of the first type that each operation accepts, and devices that this token can see."""
        blocks = ["[phases.coverage]", "unexpected-methods = []"]
        for kind in ("third_party", "partner", "open_source"):
            names = [o["operationId"] for o in self.operations() if o["x-token-types"][:1] == [kind]]
            if not names:
                continue
            token = self.token(kind)
            blocks += [
                "[[operations]]",
                f"include-operation-id = {json.dumps(names)}",
                f'headers = {{ Authorization = "Bearer {token}" }}',
                "[operations.parameters]",
                *(f'"{name}" = {json.dumps(value)}' for name, value in self.known(kind, token).items()),
            ]
        return "\n".join(blocks) + "\n"

    def known(self, kind, token):
        """What the parameters are by which an operation finds what it is about, as far as this token can see any."""
        headers = {"Authorization": f"Bearer {token}"}
        vehicles = requests.get(f"{self.sandbox.base}/api/1/vehicles", headers=headers, timeout=10).json()["response"]
        return {
            "path.vehicle_tag": next(vehicle["vin"] for vehicle in vehicles if vehicle["state"] == "online"),
            "path.energy_site_id": self.sandbox.energy_site()["energy_site_id"],
            "query.domain": self.sandbox.application(kind)["domain"],
        }


if __name__ == "__main__":
    unittest.main()
