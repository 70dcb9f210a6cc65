// A Node.js program with hard-wired hosts. This file runs by `fleetgate run`, which leads those hosts to a sandbox.

import assert from "node:assert/strict";
import test from "node:test";

import axios from "axios";

import { application, ask } from "../sandbox.mjs";

const TOKEN = "https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token";
const API = "https://fleet-api.prd.na.vn.cloud.tesla.com";

const world = JSON.parse((await ask("GET", `${process.env.FLEETGATE_URL}/sandbox/world`)).text);
const partner = application(world, "partner");

function order() {
  return new URLSearchParams({
    grant_type: "client_credentials",
    client_id: partner.client_id,
    client_secret: partner.client_secret,
    audience: API,
  });
}

test("axios gets a token and calls the API", async () => {
  const token = await axios.post(TOKEN, order());
  assert.equal(token.status, 200);
  const key = await axios.get(`${API}/api/1/partner_accounts/public_key`, {
    params: { domain: partner.domain },
    headers: { Authorization: `Bearer ${token.data.access_token}` },
  });
  assert.match(key.data.response.public_key, /^04[0-9a-f]{128}$/);
});

test("axios reaches no other host", async () => {
  await assert.rejects(axios.get("https://example.com/"), (error) => error.response?.status === 403 || /403/.test(error.message));
});

const [major, minor] = process.versions.node.split(".").map(Number);
const hasProxy = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);

test("the fetch of Node.js itself", { skip: !hasProxy && "this Node.js takes no proxy from its environment" }, async () => {
  const token = await (await fetch(TOKEN, { method: "POST", body: order() })).json();
  const headers = { Authorization: `Bearer ${token.access_token}` };
  const answer = await fetch(`${API}/api/1/vehicles`, { headers });
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).count > 0, true);
  await assert.rejects(fetch("https://example.com/"));
});
