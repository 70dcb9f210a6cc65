"""The Python package Authlib, unmodified, against the sandbox."""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
# The sandbox answers over plain HTTP on the loopback interface.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from sandbox import Sandbox, claims, consent, loopback

SCOPE = "openid offline_access user_data vehicle_device_data vehicle_cmds"


class Authlib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)
        cls.metadata = requests.get(
            cls.sandbox.world["issuer"] + "/.well-known/openid-configuration", timeout=10
        ).json()

    def session(self, app, **how):
        return OAuth2Session(
            app["client_id"], app["client_secret"], scope=SCOPE, redirect_uri=loopback(app), **how
        )

    def sign_in(self, session, **more):
        url, state = session.create_authorization_url(self.metadata["authorization_endpoint"], **more)
        return consent(url, self.sandbox.account), state

    def third_party(self, **how):
        session = self.session(self.sandbox.application("third_party"), **how)
        callback, state = self.sign_in(session)
        session.fetch_token(self.metadata["token_endpoint"], authorization_response=callback, state=state)
        return session

    def api(self, session, path):
        return session.get(self.sandbox.base + path, timeout=10)

    def test_a_third_party_token_calls_the_api(self):
        session = self.third_party()
        me = self.api(session, "/api/1/users/me")
        self.assertEqual(me.status_code, 200, me.text)
        self.assertEqual(me.json()["response"]["email"], self.sandbox.account["email"])
        self.assertEqual(session.token["token_type"], "Bearer")
        self.assertEqual(session.token["expires_in"], 28800)
        self.assertEqual(set(claims(session.token["access_token"])["scp"]), set(SCOPE.split()))

    def test_the_secret_may_stand_in_the_body(self):
        session = self.third_party(token_endpoint_auth_method="client_secret_post")
        self.assertEqual(self.api(session, "/api/1/vehicles").status_code, 200)

    def test_the_id_token_verifies_against_the_published_keys(self):
        app = self.sandbox.application("third_party")
        session = self.session(app)
        nonce = generate_token()
        callback, state = self.sign_in(session, nonce=nonce)
        token = session.fetch_token(self.metadata["token_endpoint"], authorization_response=callback, state=state)
        keys = KeySet.import_key_set(requests.get(self.metadata["jwks_uri"], timeout=10).json())
        decoded = jwt.decode(token["id_token"], keys, algorithms=["RS256"])
        rules = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.sandbox.world["issuer"]},
            aud={"essential": True, "value": app["client_id"]},
            nonce={"essential": True, "value": nonce},
        )
        rules.validate(decoded.claims)
        self.assertEqual(jwt.decode(token["access_token"], keys, algorithms=["RS256"]).header["kid"], decoded.header["kid"])

    def test_a_refresh_asks_for_the_whole_scope_again_and_rotates(self):
        session = self.third_party()
        first = session.token["refresh_token"]
        renewed = session.refresh_token(self.metadata["token_endpoint"])
        self.assertNotEqual(renewed["refresh_token"], first)
        self.assertEqual(set(claims(renewed["access_token"])["scp"]), set(SCOPE.split()))
        self.assertEqual(self.api(session, "/api/1/users/me").status_code, 200)

    def test_introspection_and_revocation(self):
        session = self.third_party()
        access_token = session.token["access_token"]
        endpoint = self.metadata["introspection_endpoint"]
        self.assertTrue(session.introspect_token(endpoint, token=access_token).json()["active"])
        revoked = session.revoke_token(
            self.metadata["revocation_endpoint"], token=session.token["refresh_token"], token_type_hint="refresh_token"
        )
        self.assertEqual(revoked.status_code, 200)
        self.assertFalse(session.introspect_token(endpoint, token=access_token).json()["active"])
        self.assertEqual(self.api(session, "/api/1/users/me").status_code, 401)
        with self.assertRaises(OAuthError) as refused:
            session.refresh_token(self.metadata["token_endpoint"], refresh_token=session.token["refresh_token"])
        self.assertEqual(refused.exception.error, "login_required")

    def test_an_open_source_token_needs_pkce_and_no_secret(self):
        app = self.sandbox.application("open_source")
        self.assertIsNone(app["client_secret"])
        session = self.session(app, token_endpoint_auth_method="none", code_challenge_method="S256")
        verifier = generate_token(48)
        callback, state = self.sign_in(session, code_verifier=verifier)
        token = session.fetch_token(
            self.metadata["token_endpoint"], authorization_response=callback, state=state, code_verifier=verifier
        )
        self.assertIs(claims(token["access_token"])["open_source"], True)
        self.assertEqual(self.api(session, "/api/1/users/me").status_code, 200)

    def test_a_wrong_verifier_gets_no_token(self):
        session = self.session(
            self.sandbox.application("open_source"), token_endpoint_auth_method="none", code_challenge_method="S256"
        )
        callback, state = self.sign_in(session, code_verifier=generate_token(48))
        with self.assertRaises(OAuthError) as refused:
            session.fetch_token(
                self.metadata["token_endpoint"],
                authorization_response=callback,
                state=state,
                code_verifier=generate_token(48),
            )
        self.assertEqual(refused.exception.error, "invalid_request")


class AuthlibWithHttpx(unittest.IsolatedAsyncioTestCase):
    async def test_a_partner_token_is_for_the_application_itself(self):
        sandbox = Sandbox()
        self.addCleanup(sandbox.stop)
        app = sandbox.application("partner")
        async with AsyncOAuth2Client(
            app["client_id"], app["client_secret"], token_endpoint_auth_method="client_secret_post"
        ) as client:
            token = await client.fetch_token(
                sandbox.base + "/oauth2/v3/token",
                grant_type="client_credentials",
                scope=" ".join(app["scopes"]),
                audience=sandbox.base,
            )
            self.assertNotIn("refresh_token", token)
            key = await client.get(
                sandbox.base + "/api/1/partner_accounts/public_key", params={"domain": app["domain"]}
            )
            self.assertEqual(key.status_code, 200, key.text)
            self.assertRegex(key.json()["response"]["public_key"], "^04[0-9a-f]{128}$")
            me = await client.get(sandbox.base + "/api/1/users/me")
            self.assertEqual(me.status_code, 403, me.text)


if __name__ == "__main__":
    unittest.main()
