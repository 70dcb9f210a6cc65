// The npm package openid-client, unmodified, against the sandbox.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as client from "openid-client";

import { application, ask, claims, consent, startSandbox } from "../sandbox.mjs";

const SCOPE = "openid offline_access user_data vehicle_device_data vehicle_cmds";

let sandbox;
let account;

before(async () => {
  sandbox = await startSandbox();
  account = sandbox.world.accounts[0];
});

after(() => sandbox?.stop());

/** What openid-client knows of an application after it has read the metadata. */
function configuration({ client_id, client_secret }, authentication) {
  const issuer = new URL(sandbox.world.issuer);
  return client.discovery(issuer, client_id, client_secret ?? undefined, authentication, {
    execute: [client.allowInsecureRequests],
  });
}

/** An authorization request with everything that the package can check, and the person's answer to it. */
async function authorize(config, redirectUri, how = {}, more = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  });
  return { callback: await consent(url, account, how), checks };
}

function api(token, path, method = "GET") {
  return ask(method, `${sandbox.base}${path}`, { headers: { Authorization: `Bearer ${token}` } });
}

test("a third-party token: consent, exchange, identity, calls, refresh, revocation", async () => {
  const app = application(sandbox.world, "third_party");
  const config = await configuration(app);
  const { callback, checks } = await authorize(config, app.redirectUri);
  assert.ok(callback.href.startsWith(app.redirectUri));
  const tokens = await client.authorizationCodeGrant(config, callback, checks);

  const identity = tokens.claims();
  assert.equal(identity.iss, sandbox.world.issuer);
  assert.equal(identity.aud, app.client_id);
  assert.equal(tokens.expires_in, 28_800);
  const person = await client.fetchUserInfo(config, tokens.access_token, identity.sub);
  assert.equal(person.email, account.email);

  const me = await api(tokens.access_token, "/api/1/users/me");
  assert.equal(me.status, 200, me.text);
  assert.equal(JSON.parse(me.text).response.email, account.email);
  const vehicles = await api(tokens.access_token, "/api/1/vehicles");
  assert.equal(vehicles.status, 200, vehicles.text);
  assert.ok(JSON.parse(vehicles.text).count >= 2);
  assert.equal((await api(tokens.access_token, "/api/1/products")).status, 200);
  assert.equal((await api(tokens.access_token, "/api/1/dx/charging/history")).status, 403, "a scope was not asked for");

  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal(renewed.claims().sub, identity.sub);
  assert.equal((await api(renewed.access_token, "/api/1/users/me")).status, 200);

  const shown = await client.tokenIntrospection(config, renewed.access_token);
  assert.equal(shown.active, true);
  assert.equal(shown.client_id, app.client_id);

  await client.tokenRevocation(config, renewed.refresh_token);
  assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false);
  assert.equal((await api(renewed.access_token, "/api/1/users/me")).status, 401);
  await assert.rejects(client.refreshTokenGrant(config, renewed.refresh_token), { error: "login_required", status: 401 });
});

test("a refresh whose answer was lost can be asked again and gives the same next token", async () => {
  const app = application(sandbox.world, "third_party");
  const config = await configuration(app);
  const { callback, checks } = await authorize(config, app.redirectUri);
  const { refresh_token } = await client.authorizationCodeGrant(config, callback, checks);
  const answers = await Promise.all(Array.from({ length: 8 }, () => client.refreshTokenGrant(config, refresh_token)));
  assert.equal(new Set(answers.map((answer) => answer.refresh_token)).size, 1);

  const next = await client.refreshTokenGrant(config, answers[0].refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, refresh_token), { error: "login_required" }, "two generations old");
  await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), { error: "login_required" }, "the family ended");
});

test("a code is good once, and its second use ends what the first brought", async () => {
  const app = application(sandbox.world, "third_party");
  const config = await configuration(app);
  const { callback, checks } = await authorize(config, app.redirectUri);
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { error: "invalid_auth_code", status: 400 });
  assert.equal((await api(tokens.access_token, "/api/1/users/me")).status, 401);
});

test("an unticked scope is not in the token", async () => {
  const app = sandbox.world.applications.filter((application) => application.kind === "third_party")[1];
  const redirectUri = app.redirect_uris[0];
  const config = await configuration(app);
  const scopes = app.scopes.filter((scope) => !["openid", "offline_access"].includes(scope));
  const scope = ["openid", ...scopes].join(" ");
  const { callback, checks } = await authorize(config, redirectUri, { untick: [scopes[0]] }, { scope });
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  assert.ok(!claims(tokens.access_token).scp.includes(scopes[0]));
  assert.ok(!tokens.scope.split(" ").includes(scopes[0]));
});

test("a person who refuses sends the application an error with its state", async () => {
  const app = application(sandbox.world, "third_party");
  const config = await configuration(app);
  const more = { prompt: "consent" };
  const { callback, checks } = await authorize(config, app.redirectUri, { press: "Cancel" }, more);
  assert.equal(callback.searchParams.get("state"), checks.expectedState);
  await assert.rejects(client.authorizationCodeGrant(config, callback, checks), (error) => {
    assert.ok(error instanceof client.AuthorizationResponseError);
    return error.error === "access_denied";
  });
});

test("an open-source token: a public client with PKCE and without any secret", async () => {
  const app = application(sandbox.world, "open_source");
  assert.equal(app.client_secret, null);
  const config = await configuration(app, client.None());
  const { callback, checks } = await authorize(config, app.redirectUri);
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  assert.equal(claims(tokens.access_token).open_source, true);
  assert.equal((await api(tokens.access_token, "/api/1/users/me")).status, 200);
  assert.equal((await api(tokens.access_token, "/api/1/partner_accounts/public_key?domain=x.example")).status, 403);

  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(claims(renewed.access_token).open_source, true);
  await assert.rejects(client.clientCredentialsGrant(config, { scope: "openid", audience: sandbox.base }), {
    error: "unauthorized_client",
  });
});

test("an open-source application without PKCE is sent back with an error", async () => {
  const app = application(sandbox.world, "open_source");
  const config = await configuration(app, client.None());
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, { redirect_uri: app.redirectUri, scope: SCOPE, state });
  const callback = await consent(url, account);
  assert.equal(callback.searchParams.get("error"), "invalid_request");
  assert.equal(callback.searchParams.get("state"), state);
  assert.equal(callback.searchParams.get("code"), null);
});

for (const [name, authentication] of [["in the body", client.ClientSecretPost], ["by Basic", client.ClientSecretBasic]]) {
  test(`a partner token with the secret ${name}`, async () => {
    const app = application(sandbox.world, "partner");
    const config = await configuration(app, authentication(app.client_secret));
    const tokens = await client.clientCredentialsGrant(config, { scope: app.scopes.join(" "), audience: sandbox.base });
    assert.equal(tokens.refresh_token, undefined);
    const registered = await api(tokens.access_token, `/api/1/partner_accounts/public_key?domain=${app.domain}`);
    assert.equal(registered.status, 200, registered.text);
    const me = await api(tokens.access_token, "/api/1/users/me");
    assert.equal(me.status, 403);
    assert.match(me.headers["x-fleetgate-reason"], /partner/);
  });
}

test("a wrong secret gets no token", async () => {
  const app = application(sandbox.world, "partner");
  const config = await configuration(app, client.ClientSecretPost("wrong"));
  await assert.rejects(client.clientCredentialsGrant(config, { scope: "openid", audience: sandbox.base }), {
    error: "unauthorized_client",
  });
});
