"""What the unmodified Python package tesla-fleet-api makes of each fault and limit of the sandbox."""

import asyncio
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import aiohttp
import requests
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api import exceptions as errors

from sandbox import Sandbox

# Each kind with the exception that it becomes, and the text in it.
EXCEPTIONS = {
    "expired_token": (errors.OAuthExpired, "token expired (401)"),
    "invalid_token": (errors.OAuthExpired, None),
    "unknown_user": (errors.OAuthExpired, None),
    "consent_revoked": (errors.OAuthExpired, None),
    "mobile_access_disabled": (errors.MobileAccessDisabled, "mobile_access_disabled"),
    "account_disabled": (errors.Forbidden, "account disabled: EXCEEDED_LIMIT"),
    "missing_scopes": (errors.Forbidden, "Unauthorized missing scopes"),
    "firewall": (errors.Forbidden, None),
    "device_offline": (errors.VehicleOffline, "vehicle unavailable: vehicle is offline or asleep"),
    "not_registered": (errors.PreconditionFailed, "must be registered in the current region"),
    "out_of_region": (errors.InvalidRegion, "use base URL: "),
    "key_download_failed": (errors.InvalidResponse, "Public key download failed"),
    "server_error": (errors.InternalServerError, "upstream internal error"),
    "unavailable": (errors.ServiceUnavailable, "service unavailable"),
    "gateway_timeout": (errors.GatewayTimeout, "gateway timeout"),
    "device_error": (errors.DeviceUnexpectedResponse, "device unexpected response"),
}


class Faults(unittest.IsolatedAsyncioTestCase):
    """One sandbox, from which each test removes its faults."""

    limits = "off"

    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox("--limits", cls.limits)
        cls.addClassCleanup(cls.sandbox.stop)

    async def asyncSetUp(self):
        timeout = aiohttp.ClientTimeout(total=2)
        self.session = await self.enterAsyncContext(aiohttp.ClientSession(timeout=timeout))
        app = self.sandbox.application("third_party")
        token = self.sandbox.mint(application=app["name"])["access_token"]
        self.api = TeslaFleetApi(self.session, access_token=token, server=self.sandbox.base)
        self.car = self.api.vehicles.createFleet(self.sandbox.vehicle("online", "off")["vin"])
        self.addCleanup(requests.delete, f"{self.sandbox.base}/sandbox/faults", timeout=10)

    def fault(self, kind, **narrow):
        narrow = {"operation": "vehicle", **narrow}
        answer = requests.post(f"{self.sandbox.base}/sandbox/faults", json={"kind": kind, **narrow}, timeout=10)
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()["id"]

    def assert_fired(self, id, times=1):
        fault = requests.get(f"{self.sandbox.base}/sandbox/faults/{id}", timeout=10).json()
        self.assertEqual(fault["fired"], times, fault)

    async def test_each_error_is_its_exception(self):
        for kind, (exception, text) in EXCEPTIONS.items():
            with self.subTest(kind):
                id = self.fault(kind, times=1)
                with self.assertRaises(exception) as raised:
                    await self.car.vehicle()
                if text:
                    self.assertIn(text, raised.exception.data["error"])
                self.assert_fired(id)
                await self.car.vehicle()

    async def test_too_many_requests_tell_when_to_come_again(self):
        self.fault("rate_limited", seconds=37)
        with self.assertRaises(errors.RateLimited) as raised:
            await self.car.vehicle()
        self.assertEqual(raised.exception.data, {"reset": "37", "after": "37"})

    async def test_a_retry_gets_through_after_two_failures(self):
        id = self.fault("unavailable", times=2)
        for attempt in range(3):
            try:
                await self.car.vehicle()
                break
            except errors.ServiceUnavailable:
                continue
        self.assertEqual(attempt, 2)
        self.assert_fired(id, 2)

    async def test_a_late_answer_times_out(self):
        self.fault("latency", seconds=4)
        with self.assertRaises(asyncio.TimeoutError):
            await self.car.vehicle()

    async def test_a_slow_body_times_out_or_comes_whole(self):
        self.fault("slow_body", seconds=20, times=1)
        with self.assertRaises(asyncio.TimeoutError):
            await self.car.vehicle()
        self.fault("slow_body", seconds=1, times=1)
        begun = time.monotonic()
        self.assertEqual((await self.car.vehicle())["response"]["vin"], self.car.vin)
        self.assertGreater(time.monotonic() - begun, 0.5)

    async def test_a_command_whose_connection_is_cut_was_not_carried_out_and_one_whose_answer_is_lost_was(self):
        async def limit():
            return (await self.car.vehicle_data())["response"]["charge_state"]["charge_limit_soc"]

        await self.car.set_charge_limit(70)
        for kind, after in (("cut_connection", 70), ("lost_answer", 85)):
            id = self.fault(kind, operation="set_charge_limit", times=1)
            with self.assertRaises(aiohttp.ClientError):
                await self.car.set_charge_limit(85)
            self.assert_fired(id)
            self.assertEqual(await limit(), after)

    async def test_an_energy_site_is_offline(self):
        id = self.sandbox.energy_site()["energy_site_id"]
        self.fault("device_offline", operation="live_status", energy_site_id=id)
        with self.assertRaises(errors.VehicleOffline) as raised:
            await self.api.energySites.create(id).live_status()
        self.assertEqual(raised.exception.data["error"], "device unavailable")

    async def test_a_budget_that_is_used_up_disables_the_application(self):
        app = self.sandbox.application("third_party")["name"]
        url = f"{self.sandbox.base}/sandbox/cost"
        self.addCleanup(requests.post, url, json={"application": app, "monthly_budget": None}, timeout=10)
        requests.post(url, json={"application": app, "monthly_budget": 0}, timeout=10).raise_for_status()
        with self.assertRaises(errors.Forbidden) as raised:
            await self.car.vehicle()
        self.assertEqual(raised.exception.data["error"], "account disabled: EXCEEDED_LIMIT")


class Limits(Faults):
    """The real limits; every test of faults holds under them, too."""

    limits = "real"

    async def test_a_fourth_wake_in_a_minute_waits_for_the_sandboxs_clock(self):
        car = self.api.vehicles.createFleet(self.sandbox.vehicle("asleep")["vin"])
        for _ in range(3):
            await car.wake_up()
        with self.assertRaises(errors.RateLimited) as raised:
            await car.wake_up()
        seconds = int(raised.exception.data["after"])
        self.assertTrue(0 < seconds <= 60 and raised.exception.data["reset"] == str(seconds), raised.exception.data)
        clock = f"{self.sandbox.base}/sandbox/clock"
        requests.post(clock, json={"advance": seconds}, timeout=10).raise_for_status()
        await car.wake_up()


if __name__ == "__main__":
    unittest.main()
