"""Python programs with hard-wired hosts. This file runs by `fleetgate run`, which leads those hosts to a sandbox."""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aiohttp
import requests
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.const import Scope
from tesla_fleet_api.tesla import TeslaFleetOAuth

from sandbox import World, claims, consent, loopback


class Oauth(unittest.IsolatedAsyncioTestCase):
    """The package tesla-fleet-api, in which the address of the authorization server is fixed."""

    @classmethod
    def setUpClass(cls):
        cls.sandbox = World(os.environ["FLEETGATE_URL"])

    async def asyncSetUp(self):
        self.session = await self.enterAsyncContext(aiohttp.ClientSession(trust_env=True))

    async def test_a_person_signs_in_and_the_package_keeps_the_token_fresh(self):
        app = self.sandbox.application("third_party")
        oauth = TeslaFleetOAuth(
            self.session,
            region="na",
            client_id=app["client_id"],
            client_secret=app["client_secret"],
            redirect_uri=loopback(app),
        )
        scopes = [Scope.OPENID, Scope.OFFLINE_ACCESS, Scope.USER_DATA, Scope.VEHICLE_DEVICE_DATA]
        callback = consent(oauth.get_login_url(scopes), self.sandbox.account)
        code = callback.split("code=")[1].split("&")[0]
        self.assertTrue(code.startswith("NA_"), code)
        await oauth.get_refresh_token(code)
        self.assertTrue(oauth.refresh_token.startswith("NA_"))
        self.assertEqual(oauth.server, "https://fleet-api.prd.na.vn.cloud.tesla.com")
        first = await oauth.access_token()
        self.assertIn(oauth.server, claims(first)["aud"])
        self.assertEqual((await oauth.user.me())["response"]["email"], self.sandbox.account["email"])
        self.assertEqual((await oauth.user.region())["response"]["fleet_api_base_url"], oauth.server)

        before = oauth.refresh_token
        oauth.expires = 0
        self.assertEqual((await oauth.user.me())["response"]["email"], self.sandbox.account["email"])
        self.assertNotEqual(oauth.refresh_token, before)
        self.assertNotEqual(await oauth.access_token(), first)

    async def test_a_refresh_token_that_is_none_asks_for_a_new_login(self):
        app = self.sandbox.application("third_party")
        oauth = TeslaFleetOAuth(self.session, "na", client_id=app["client_id"], refresh_token="NA_nonsense")
        with self.assertRaisesRegex(ValueError, "login_required"):
            await oauth.refresh_access_token()

    async def test_a_partner_logs_in(self):
        app = self.sandbox.application("partner")
        api = TeslaFleetApi(self.session, region="na")
        scopes = [Scope(scope) for scope in app["scopes"] if scope in list(Scope)]
        token = await api.partner_login(app["client_id"], app["client_secret"], scopes)
        self.assertNotIn("refresh_token", token)
        self.assertIn("public_key", (await api.partner.public_key(app["domain"]))["response"])


class Hosts(unittest.TestCase):
    """What a plain program finds."""

    def test_every_region_answers_under_its_own_name(self):
        for host in ("prd.na.vn.cloud.tesla.com", "prd.eu.vn.cloud.tesla.com", "prd.cn.vn.cloud.tesla.cn"):
            self.assertEqual(requests.get(f"https://fleet-api.{host}/status", timeout=10).text.strip(), "ok")

    def test_no_other_host_is_reached(self):
        with self.assertRaisesRegex(requests.exceptions.ProxyError, "403 Forbidden"):
            requests.get("https://example.com/", timeout=10)


if __name__ == "__main__":
    unittest.main()
