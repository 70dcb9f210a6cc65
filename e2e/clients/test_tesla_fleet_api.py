"""The Python package tesla-fleet-api, unmodified, against the sandbox.

The package can be told where the API is, but not where the authorization server is: `test_run.py` has that part.
"""

import asyncio
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aiohttp
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.const import VehicleDataEndpoint
from tesla_fleet_api.exceptions import (
    Forbidden,
    NotFound,
    OAuthExpired,
    VehicleOffline,
)

from sandbox import Sandbox


class Api(unittest.IsolatedAsyncioTestCase):
    """The API by its base URL, with tokens of the sandbox."""

    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)

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


if __name__ == "__main__":
    unittest.main()
