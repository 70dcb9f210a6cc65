// The Postman collection, as a developer would run it from top to bottom: fills in the variables of an application, signs
// in where a browser is needed, and copies the code. newman sends everything; every request must be green.

import assert from "node:assert/strict";
import test, { after, before } from "node:test";

import newman from "newman";

import { application, ask, consent, startSandbox } from "../sandbox.mjs";

// What is not answered with 200 when it is asked like in the collection, and why not.
const REFUSED = {
  drivers_remove: 404, // nobody of the example's number drives the car
  share_invites_redeem: 404, // the example's code is of no invitation
  fleet_telemetry_config_create: 400, // the Vehicle Command HTTP Proxy asks it, and nobody else
  fleet_telemetry_config_jws: 400, // the example's token is signed by nobody
  signed_command: 422, // the car takes unsigned commands
  enterprise_roles: 404, // the car is a person's, of which a business knows nothing
  enterprise_payer: 404,
};

let sandbox;
let collection;

before(async () => {
  sandbox = await startSandbox();
  collection = JSON.parse((await ask("GET", `${sandbox.base}/docs/fleetgate.postman_collection.json`)).text);
});
after(() => sandbox?.stop());

test("every request of the collection is green", async () => {
  const { world } = sandbox;
  const apps = Object.fromEntries(["third_party", "partner", "open_source"].map((kind) => [kind, application(world, kind)]));
  const site = world.energy_sites.find((site) => site.owner === world.accounts[0].email);
  const car = world.vehicles.find((car) => car.owner === world.accounts[0].email && car.state === "online");
  let variables = {
    ...Object.fromEntries(collection.variable.map(({ key, value }) => [key, value])),
    open_source_client_id: apps.open_source.client_id,
    domain: apps.partner.domain,
    vehicle_tag: car.vin,
    vin: car.vin,
    energy_site_id: String(site.energy_site_id),
  };
  const use = (app) => {
    const { client_id, client_secret, redirectUri } = app;
    Object.assign(variables, { client_id, client_secret, redirect_uri: redirectUri });
  };

  let sent = 0;
  const refused = {};
  for (const { path, items, event } of steps(collection)) {
    if (path.includes("Partner token")) {
      use(apps.partner);
      // The collection asks for what any application may have; this one may have more, and some operations need it.
      items[0].request.body.urlencoded.find(({ key }) => key === "scope").value = apps.partner.scopes.join(" ");
    }
    if (path.includes("Third-party token")) use(apps.third_party);
    if (path.includes("Open-source token")) Object.assign(variables, { redirect_uri: apps.open_source.redirectUri });
    if (path.includes("Third-party business token")) variables.auth_code = await businessCode(apps.third_party);
    const done = await run(items, event, variables);
    variables = done.variables;
    sent += done.sent;
    if (path[0] !== "Tokens") Object.assign(refused, done.refused);
    if (items.at(-1).name === "Authorize") {
      const callback = await consent(done.lastUrl, world.accounts[0]);
      variables.authorization_code = callback.searchParams.get("code");
    }
  }
  const all = (items) => items.flatMap((item) => (item.item ? all(item.item) : [item]));
  assert.equal(sent, all(collection.item).length);
  assert.deepEqual(refused, REFUSED);
});

/** What an administrator of a business would send back to an application that acts for businesses. */
async function businessCode(app) {
  const business = sandbox.world.accounts.at(-1).email;
  const answer = await ask("POST", `${sandbox.base}/sandbox/business-consents`, {
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ application: app.name, business }),
  });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text).auth_code;
}

/** The requests of a collection in their order, folder by folder, cut after each that goes on in a browser. */
function* steps({ item, event }, path = []) {
  let items = [];
  for (const entry of item) {
    if (!entry.item) items.push(entry);
    if (items.length > 0 && (entry.item || entry.name === "Authorize")) {
      yield { path, items, event };
      items = [];
    }
    if (entry.item) yield* steps(entry, [...path, entry.name]);
  }
  if (items.length > 0) yield { path, items, event };
}

/** Lets newman send some requests. Returns the variables as the requests left them. */
async function run(items, event, variables) {
  const variable = Object.entries(variables).map(([key, value]) => ({ key, value }));
  let lastUrl;
  let sent = 0;
  const answers = new Map();
  const refused = {};
  const left = { ...variables };
  const summary = await new Promise((resolve, reject) => {
    const part = { ...collection, item: items, event, variable };
    newman
      .run({ collection: part, timeoutRequest: 30_000 }, (error, summary) => (error ? reject(error) : resolve(summary)))
      .on("request", (_, { item, request, response }) => {
        lastUrl = request.url.toString();
        if (response) sent += 1;
        answers.set(item.name, `${response?.code} ${response?.text()}`);
        if (response?.code !== 200) refused[item.name] = response?.code;
      })
      .on("script", (_, { execution }) => {
        for (const { key, value } of execution?.collectionVariables?.values.all() ?? []) left[key] = value;
      });
  });
  const failures = summary.run.failures.map(({ source, error }) => `${source?.name}: ${error.message}\n${answers.get(source?.name)}`);
  assert.deepEqual(failures, []);
  return { variables: left, lastUrl, sent, refused };
}
