"""The Python package tesla-fleet-api, unmodified, against the sandbox.

The package can be told where the API is, but not where the authorization server is. For that part a relay stands in
for the real host: it ends TLS under the real name and passes every byte on, as a developer's own relay would.
"""

import asyncio
import datetime
import pathlib
import ssl
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aiohttp
from aiohttp.abc import AbstractResolver
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.const import Scope, VehicleDataEndpoint
from tesla_fleet_api.exceptions import (
    Forbidden,
    NotFound,
    OAuthExpired,
    VehicleOffline,
)
from tesla_fleet_api.tesla import TeslaFleetOAuth

from sandbox import Sandbox, claims, consent, loopback

REAL_HOSTS = ["fleet-auth.prd.vn.cloud.tesla.com", "fleet-api.prd.na.vn.cloud.tesla.com"]


class WithSandbox(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)


class Api(WithSandbox):
    """The API by its base URL, with tokens of the sandbox."""

    async def asyncSetUp(self):
        self.session = await self.enterAsyncContext(aiohttp.ClientSession())

    def api(self, kind="third_party", **how):
        app = self.sandbox.application(kind)
        if kind != "partner":
            how["account"] = self.sandbox.account["email"]
        token = self.sandbox.mint(application=app["name"], **how)
        return TeslaFleetApi(self.session, access_token=token["access_token"], server=self.sandbox.base)

    async def test_status(self):
        self.assertEqual((await self.api().status()).strip(), "ok")

    async def test_the_person(self):
        api = self.api()
        self.assertEqual((await api.user.me())["response"]["email"], self.sandbox.account["email"])
        region = (await api.user.region())["response"]
        self.assertEqual(region["region"], self.sandbox.account["region"].lower())
        self.assertEqual(region["fleet_api_base_url"], self.sandbox.base)
        self.assertIsInstance((await api.user.orders())["response"], list)
        self.assertIn("signaling", (await api.user.feature_config())["response"])

    async def test_vehicles_and_products(self):
        api = self.api()
        vehicles = await api.vehicles.createFleet(self.sandbox.vehicle("online")["vin"]).list()
        vins = {vehicle["vin"] for vehicle in vehicles["response"]}
        owned = {v["vin"] for v in self.sandbox.world["vehicles"] if v["owner"] == self.sandbox.account["email"]}
        self.assertLessEqual(owned, vins)
        self.assertEqual(vehicles["count"], len(vehicles["response"]))
        products = (await api.products())["response"]
        site = self.sandbox.energy_site()["energy_site_id"]
        self.assertIn(site, [product.get("energy_site_id") for product in products])

    async def test_a_command_changes_what_the_vehicle_says_next(self):
        car = self.api().vehicles.createFleet(self.sandbox.vehicle("online", "off")["vin"])
        for percent in (70, 85):
            answer = await car.set_charge_limit(percent)
            self.assertEqual(answer["response"], {"result": True, "reason": ""})
            data = (await car.vehicle_data([VehicleDataEndpoint.CHARGE_STATE]))["response"]
            self.assertEqual(data["charge_state"]["charge_limit_soc"], percent)
            self.assertNotIn("climate_state", data)
        self.assertTrue((await car.door_unlock())["response"]["result"])
        state = (await car.vehicle_data([VehicleDataEndpoint.VEHICLE_STATE]))["response"]["vehicle_state"]
        self.assertIs(state["locked"], False)
        self.assertTrue((await car.door_lock())["response"]["result"])
        self.assertTrue((await car.flash_lights())["response"]["result"])

    async def test_a_sleeping_vehicle_is_offline_until_it_is_woken(self):
        car = self.api().vehicles.createFleet(self.sandbox.vehicle("asleep")["vin"])
        with self.assertRaises(VehicleOffline):
            await car.vehicle_data()
        await car.wake_up()
        for _ in range(120):
            if (await car.vehicle())["response"]["state"] == "online":
                break
            await asyncio.sleep(0.5)
        self.assertIn("charge_state", (await car.vehicle_data())["response"])

    async def test_the_energy_site(self):
        site = self.api().energySites.create(self.sandbox.energy_site()["energy_site_id"])
        self.assertIn("battery_power", (await site.live_status())["response"])
        for percent in (30, 20):
            await site.backup(percent)
            self.assertEqual((await site.site_info())["response"]["backup_reserve_percent"], percent)
        await site.operation("autonomous")
        self.assertEqual((await site.site_info())["response"]["default_real_mode"], "autonomous")

    async def test_charging_history(self):
        self.assertIn("data", (await self.api().charging.history(pageSize=5))["response"])

    async def test_what_the_scopes_do_not_open_is_forbidden(self):
        api = self.api(scope="openid vehicle_device_data")
        car = api.vehicles.createFleet(self.sandbox.vehicle("online", "off")["vin"])
        await car.vehicle_data()
        with self.assertRaises(Forbidden) as refused:
            await car.honk_horn()
        self.assertIn("Unauthorized missing scopes", refused.exception.data["error"])

    async def test_a_vehicle_of_someone_else_is_not_found(self):
        api = self.api()
        seen = await api.vehicles.createFleet(self.sandbox.vehicle("online")["vin"]).list()
        vins = {vehicle["vin"] for vehicle in seen["response"]}
        hidden = next(v["vin"] for v in self.sandbox.world["vehicles"] if v["vin"] not in vins)
        with self.assertRaises(NotFound):
            await api.vehicles.createFleet(hidden).vehicle()

    async def test_a_token_that_is_none_is_expired(self):
        with self.assertRaises(OAuthExpired):
            await TeslaFleetApi(self.session, access_token="nonsense", server=self.sandbox.base).user.me()

    async def test_a_partner_token_registers_and_may_not_act_for_a_person(self):
        app = self.sandbox.application("partner")
        api = self.api("partner")
        registered = (await api.partner.register(app["domain"]))["response"]
        shown = (await api.partner.public_key(app["domain"]))["response"]
        self.assertEqual(registered["public_key"], shown["public_key"])
        with self.assertRaises(Forbidden):
            await api.user.me()

    async def test_an_open_source_token_acts_for_a_person_only(self):
        api = self.api("open_source")
        self.assertEqual((await api.user.me())["response"]["email"], self.sandbox.account["email"])
        with self.assertRaises(Forbidden):
            await api.partner.public_key("app.example.com")


class Oauth(WithSandbox):
    """The authorization server under its real host name, which is fixed in the package."""

    async def asyncSetUp(self):
        relay = await asyncio.start_server(self.relay, "127.0.0.1", 0, ssl=self.certificate())
        self.addAsyncCleanup(relay.wait_closed)
        self.addCleanup(relay.close)
        resolver = Resolver(relay.sockets[0].getsockname()[1])
        connector = aiohttp.TCPConnector(resolver=resolver, ssl=self.trust, force_close=True)
        self.session = await self.enterAsyncContext(aiohttp.ClientSession(connector=connector))

    def certificate(self):
        """A key for the real names, which only the session of this test trusts."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in REAL_HOSTS]), critical=False)
            .sign(key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.trust = ssl.create_default_context(cadata=certificate.decode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile() as file:
            file.write(certificate + private)
            file.flush()
            context.load_cert_chain(file.name)
        return context

    async def relay(self, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self.sandbox.port)

        async def copy(source, target):
            try:
                while data := await source.read(65536):
                    target.write(data)
                    await target.drain()
            except ConnectionError:
                pass
            finally:
                target.close()

        await asyncio.gather(copy(reader, back), copy(there, writer))

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
        url = oauth.get_login_url(scopes).replace("https://auth.tesla.com", self.sandbox.base)
        callback = consent(url, self.sandbox.account)
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


class Resolver(AbstractResolver):
    """Finds every name at the relay."""

    def __init__(self, port):
        self.port = port

    async def resolve(self, host, port=0, family=0):
        found = {"hostname": host, "host": "127.0.0.1", "port": self.port, "family": 2, "proto": 0, "flags": 0}
        return [found]

    async def close(self):
        pass


if __name__ == "__main__":
    unittest.main()
