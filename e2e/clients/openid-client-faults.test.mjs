// What the unmodified npm package openid-client makes of the faults of the token endpoint.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import * as client from "openid-client";

import { application, ask, startSandbox } from "../sandbox.mjs";

let sandbox;
let strict;

before(async () => {
  sandbox = await startSandbox();
  strict = await startSandbox("--dialect", "rfc");
});

afterEach(() => ask("DELETE", `${sandbox.base}/sandbox/faults`));

after(() => Promise.all([sandbox?.stop(), strict?.stop()]));

async function post(base, path, order) {
  const headers = { "Content-Type": "application/json" };
  const answer = await ask("POST", `${base}${path}`, { headers, body: JSON.stringify(order) });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

/** Adds a fault of the token endpoint that strikes once, and answers how often it did. */
async function fault(kind, more = {}, { base } = sandbox) {
  const { id } = await post(base, "/sandbox/faults", { kind, operation: "token", times: 1, ...more });
  return async () => JSON.parse((await ask("GET", `${base}/sandbox/faults/${id}`)).text).fired;
}

/** A client with a fresh refresh token. */
async function session(world = sandbox) {
  const app = application(world.world, "third_party");
  const options = { execute: [client.allowInsecureRequests] };
  const config = await client.discovery(new URL(world.world.issuer), app.client_id, app.client_secret, undefined, options);
  const { refresh_token } = await post(world.base, "/sandbox/tokens", { application: app.name });
  return { config, refresh_token };
}

for (const [kind, expected] of [
  ["rate_limited", { error: "temporarily_unavailable", status: 429 }],
  ["consent_revoked", { error: "login_required", error_description: "User revoked the consent.", status: 401 }],
  ["login_required", { error: "login_required", status: 401 }],
  // From 500 on the package reads no body.
  ["server_error", { cause: 500 }],
  ["unavailable", { cause: 503 }],
  ["gateway_timeout", { cause: 504 }],
]) {
  test(`${kind}: the refresh is refused, and the token is as good as before`, async () => {
    const { config, refresh_token } = await session();
    const fired = await fault(kind);
    await assert.rejects(client.refreshTokenGrant(config, refresh_token), (error) => {
      const { cause, ...told } = expected;
      for (const [name, value] of Object.entries(told)) assert.equal(error[name], value);
      if (cause) assert.equal(error.cause.status, cause);
      return true;
    });
    assert.equal(await fired(), 1);
    assert.ok((await client.refreshTokenGrant(config, refresh_token)).access_token);
  });
}

test("firewall: a page in HTML is no answer of OAuth", async () => {
  const { config, refresh_token } = await session();
  await fault("firewall");
  await assert.rejects(client.refreshTokenGrant(config, refresh_token), { code: "OAUTH_RESPONSE_IS_NOT_JSON" });
});

test("cut_connection: nothing was spent", async () => {
  const { config, refresh_token } = await session();
  await fault("cut_connection");
  await assert.rejects(client.refreshTokenGrant(config, refresh_token), TypeError);
  const first = await client.refreshTokenGrant(config, refresh_token);
  assert.ok((await client.refreshTokenGrant(config, first.refresh_token)).access_token);
});

test("lost_answer: the refresh was done, and asking again gives what was lost", async () => {
  const { config, refresh_token } = await session();
  const fired = await fault("lost_answer");
  await assert.rejects(client.refreshTokenGrant(config, refresh_token), TypeError);
  assert.equal(await fired(), 1);
  const again = await client.refreshTokenGrant(config, refresh_token);
  const twice = await client.refreshTokenGrant(config, refresh_token);
  assert.equal(again.refresh_token, twice.refresh_token, "the token was spent once");
});

test("racing_refresh: within the grace both processes go on with the same next token", async () => {
  const { config, refresh_token } = await session();
  const fired = await fault("racing_refresh");
  const second = await client.refreshTokenGrant(config, refresh_token);
  assert.equal(await fired(), 1);
  assert.equal((await client.refreshTokenGrant(config, refresh_token)).refresh_token, second.refresh_token);
});

test("racing_refresh: without a grace the second of two ends the family", async () => {
  const { config, refresh_token } = await session(strict);
  const fired = await fault("racing_refresh", {}, strict);
  await assert.rejects(client.refreshTokenGrant(config, refresh_token), { error: "invalid_grant", status: 400 });
  assert.equal(await fired(), 1);
});

test("latency: an answer that is later than the package waits", async () => {
  const { config, refresh_token } = await session();
  config.timeout = 1;
  await fault("latency", { seconds: 3 });
  await assert.rejects(client.refreshTokenGrant(config, refresh_token), { code: "OAUTH_TIMEOUT" });
});

test("unavailable metadata: the package cannot begin", async () => {
  await post(sandbox.base, "/sandbox/faults", { kind: "unavailable", operation: "metadata", times: 1 });
  await assert.rejects(session());
  await session();
});
