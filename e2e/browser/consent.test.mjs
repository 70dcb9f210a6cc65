// The pages of the sandbox in a real browser: consent in every way a person may give it, and what a foreign page cannot do.

import assert from "node:assert/strict";
import { randomBytes, createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { application, ask, claims, startSandbox } from "../sandbox.mjs";

const SCOPE = "openid offline_access user_data vehicle_device_data vehicle_cmds";
const REBOUND = "rebound.example";

let sandbox;
let browser;
let account;
let app;
let callbacks;

before(async () => {
  sandbox = await startSandbox();
  account = sandbox.world.accounts[0];
  app = application(sandbox.world, "third_party");
  // The application itself. Its registered port may be taken on this machine, so the browser is led to another.
  callbacks = await listen("Back at the application.");
  const registered = new URL(app.redirectUri).host;
  browser = await chromium.launch({
    executablePath: process.env.FLEETGATE_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      // A name of another site that leads to this machine, as DNS rebinding makes one.
      `--host-resolver-rules=MAP ${registered} 127.0.0.1:${callbacks.address().port}, MAP ${REBOUND} 127.0.0.1`,
    ],
  });
});

after(async () => {
  await browser?.close();
  callbacks?.close();
  await sandbox?.stop();
});

/** A server of someone else that answers everything with one page. */
async function listen(text) {
  const server = http.createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>Elsewhere</title><body>${text}</body>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** A page in a profile of its own, so that no test sees another's session. */
async function freshPage(t, options = {}) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}

/** An authorization request; `prompt=consent` shows the page even if an earlier test has consented. */
function authorization(more = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const parameters = {
    response_type: "code",
    client_id: app.client_id,
    redirect_uri: app.redirectUri,
    scope: SCOPE,
    state: randomBytes(8).toString("hex"),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    prompt: "consent",
    ...more,
  };
  return { url: `${sandbox.base}/oauth2/v3/authorize?${new URLSearchParams(parameters)}`, verifier, state: parameters.state };
}

async function signIn(page) {
  await page.fill("input[name=email]", account.email);
  await page.fill("input[name=password]", account.password);
  await page.click("button:text-is('Sign in')");
  await page.waitForSelector("input[name=scope], h1:has-text('Your account'), h1:has-text('Access of')");
}

const box = (scope) => `input[type=checkbox][name=scope][value=${scope}]`;

/** Does what sends the browser back to the application, and returns the address. */
async function sentBack(page, act) {
  await Promise.all([page.waitForURL((url) => url.href.startsWith(app.redirectUri)), act()]);
  return new URL(page.url());
}

async function exchange(callback, { verifier, state }) {
  assert.equal(callback.searchParams.get("state"), state);
  const fields = {
    grant_type: "authorization_code",
    client_id: app.client_id,
    client_secret: app.client_secret,
    redirect_uri: app.redirectUri,
    code: callback.searchParams.get("code"),
    code_verifier: verifier,
  };
  const answer = await ask("POST", `${sandbox.base}/oauth2/v3/token`, {
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

/** The token holds what was left ticked, and the API holds the application to it. */
async function holdsAllBut(token, unticked) {
  const wanted = SCOPE.split(" ").filter((scope) => scope !== unticked);
  assert.deepEqual(claims(token.access_token).scp.toSorted(), wanted.toSorted());
  const headers = { Authorization: `Bearer ${token.access_token}` };
  assert.equal((await ask("GET", `${sandbox.base}/api/1/vehicles`, { headers })).status, 200);
  const refused = await ask("GET", `${sandbox.base}/api/1/users/me`, { headers });
  assert.equal(refused.status, 403, refused.text);
  assert.match(refused.headers["x-fleetgate-reason"], /user_data/);
}

for (const javaScriptEnabled of [true, false]) {
  test(`a person unticks a scope and allows the rest, JavaScript ${javaScriptEnabled ? "on" : "off"}`, async (t) => {
    const page = await freshPage(t, { javaScriptEnabled });
    const request = authorization();
    await page.goto(request.url);
    await signIn(page);
    await page.uncheck(box("user_data"));
    const callback = await sentBack(page, () => page.click("button:text-is('Allow')"));
    await holdsAllBut(await exchange(callback, request), "user_data");
  });
}

test("with the keyboard alone", async (t) => {
  const page = await freshPage(t);
  const request = authorization();
  await page.goto(request.url);
  const press = async (key, isThere) => {
    for (let count = 0; count < 60; count += 1) {
      if (await page.evaluate(isThere)) return;
      await page.keyboard.press(key);
    }
    assert.fail(`${key} does not lead to ${isThere}`);
  };
  await press("Tab", () => document.activeElement.name === "email");
  await page.keyboard.type(account.email);
  await press("Tab", () => document.activeElement.name === "password");
  await page.keyboard.type(account.password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("input[name=scope]");
  await press("Tab", () => document.activeElement.value === "user_data");
  const outline = await page.evaluate(() => {
    const seen = [document.activeElement, document.activeElement.closest("label")].filter(Boolean).map(getComputedStyle);
    return seen.some((style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
  });
  assert.ok(outline, "one sees where the keyboard is");
  await page.keyboard.press("Space");
  assert.equal(await page.isChecked(box("user_data")), false);
  await press("Tab", () => document.activeElement.textContent.trim() === "Allow");
  const callback = await sentBack(page, () => page.keyboard.press("Enter"));
  await holdsAllBut(await exchange(callback, request), "user_data");
});

test("on a phone: 360 pixels wide, nothing to scroll sideways, nothing too small to touch", async (t) => {
  const page = await freshPage(t, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const fits = async () => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${page.url()} is ${wide} pixels wide`);
    for (const target of await page.locator("button, label:has(input[type=checkbox])").all()) {
      const { width, height } = await target.boundingBox();
      assert.ok(width >= 24 && height >= 24, `${await target.textContent()} is ${width} x ${height}`);
    }
  };
  const request = authorization();
  await page.goto(request.url);
  await fits();
  await signIn(page);
  await fits();
  await page.locator(`label:has(${box("user_data")})`).tap();
  const callback = await sentBack(page, () => page.locator("button:text-is('Allow')").tap());
  await holdsAllBut(await exchange(callback, request), "user_data");
});

test("a person who cancels, before and after signing in, sends the application an error", async (t) => {
  for (const signsIn of [false, true]) {
    const page = await freshPage(t);
    const request = authorization();
    await page.goto(request.url);
    if (signsIn) await signIn(page);
    const callback = await sentBack(page, () => page.click("button:text-is('Cancel')"));
    assert.equal(callback.searchParams.get("error"), "access_denied");
    assert.equal(callback.searchParams.get("state"), request.state);
    assert.equal(callback.searchParams.has("code"), false);
  }
});

test("an unregistered redirect URI is an error page and leads nowhere", async (t) => {
  const page = await freshPage(t);
  const answer = await page.goto(authorization({ redirect_uri: "https://elsewhere.example/callback" }).url);
  assert.equal(answer.status(), 400);
  assert.equal(new URL(page.url()).origin, sandbox.base);
});

test("access is taken back on the account's page, and the token ends at once", async (t) => {
  const page = await freshPage(t);
  const request = authorization();
  await page.goto(request.url);
  await signIn(page);
  const callback = await sentBack(page, () => page.click("button:text-is('Allow')"));
  const token = await exchange(callback, request);
  const me = () => ask("GET", `${sandbox.base}/api/1/users/me`, { headers: { Authorization: `Bearer ${token.access_token}` } });
  assert.equal((await me()).status, 200);
  await page.goto(`${sandbox.base}/user/revoke/consent?${new URLSearchParams({ revoke_client_id: app.client_id })}`);
  await page.click("button:text-is('Remove access')");
  await page.waitForSelector("text=has no access to your account");
  assert.equal((await me()).status, 401);
});

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function isAccessible(page, name, scheme) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations", "passes"] }));
  assert.ok(passes.length > 5, `axe has looked at ${name}`);
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n  ${node.failureSummary}`));
  assert.deepEqual(found, [], `${name} in ${scheme}`);
}

for (const colorScheme of ["light", "dark"]) {
  test(`every page is accessible in ${colorScheme}`, async (t) => {
    const page = await freshPage(t, { colorScheme });
    const check = (name) => isAccessible(page, name, colorScheme);
    const { url } = authorization();

    await page.goto(url);
    await check("the sign-in page");
    await page.fill("input[name=email]", account.email);
    await page.fill("input[name=password]", "wrong");
    await page.click("button:text-is('Sign in')");
    await page.waitForSelector("[role=alert]");
    await check("the sign-in page after a wrong password");
    await signIn(page);
    await check("the consent page");
    await page.goto(authorization({ require_requested_scopes: "true", show_keypair_step: "true" }).url);
    await page.waitForSelector("button:text-is('Allow')");
    await check("the consent page with everything required");
    await sentBack(page, () => page.click("button:text-is('Allow')"));

    await page.goto(authorization({ redirect_uri: "https://elsewhere.example/callback" }).url);
    await check("the error page");
    for (const path of ["/", "/account", "/requests", "/reference"]) {
      const answer = await page.goto(sandbox.base + path);
      assert.equal(answer.status(), 200, path);
      await check(path);
    }
    await page.goto(`${sandbox.base}/user/revoke/consent?${new URLSearchParams({ revoke_client_id: app.client_id })}`);
    await page.waitForSelector("button:text-is('Remove access')");
    await check("the page to change access");
    await page.goto(`${sandbox.base}/account`);
    await page.click("button:text-is('Sign out')");
    await page.waitForLoadState();
    await check("the page after signing out");
  });
}

/** A page of someone else, on this machine but of another origin; `host` decides whether it is of another site too. */
async function foreignPage(t, page, host) {
  const server = await listen("");
  t.after(() => server.close());
  await page.goto(`http://${host}:${server.address().port}/`);
}

for (const [kind, host] of [["another site", "localhost"], ["another port", "127.0.0.1"]]) {
  test(`a page of ${kind} can neither read nor drive the sandbox`, async (t) => {
    const page = await freshPage(t);
    const statuses = [];
    page.context().on("response", (response) => {
      if (response.url().startsWith(sandbox.base)) statuses.push([response.request().method(), response.url(), response.status()]);
    });
    await foreignPage(t, page, host);
    const attempts = await page.evaluate(
      async ({ base, name, email }) => {
        const body = JSON.stringify({ application: name, account: email });
        const attempt = async (path, options) => {
          try {
            const answer = await fetch(base + path, options);
            return answer.type === "opaque" ? "opaque" : `read: ${await answer.text()}`;
          } catch {
            return "refused";
          }
        };
        const json = { "Content-Type": "application/json" };
        return {
          world: await attempt("/sandbox/world", {}),
          worldWithCookies: await attempt("/sandbox/world", { credentials: "include" }),
          requests: await attempt("/sandbox/requests", {}),
          mint: await attempt("/sandbox/tokens", { method: "POST", headers: json, body }),
          worldUnread: await attempt("/sandbox/world", { mode: "no-cors" }),
          mintAsText: await attempt("/sandbox/tokens", { method: "POST", mode: "no-cors", body }),
          mintAsBlob: await attempt("/sandbox/tokens", { method: "POST", mode: "no-cors", body: new Blob([body]) }),
        };
      },
      { base: sandbox.base, name: app.name, email: account.email },
    );
    for (const [attempt, outcome] of Object.entries(attempts)) {
      assert.ok(!outcome.startsWith("read"), `${attempt}: ${outcome}`);
    }

    for (const tag of ["img", "script", "iframe"]) {
      await page.evaluate(
        ({ tag, url }) =>
          new Promise((resolve) => {
            const element = document.createElement(tag);
            element.onload = element.onerror = resolve;
            element.src = url;
            document.body.append(element);
          }),
        { tag, url: `${sandbox.base}/sandbox/world` },
      );
    }
    const submitted = page.waitForResponse((response) => response.request().method() === "POST" && response.url().includes("/sandbox/tokens"));
    await page.evaluate(({ base, name }) => {
      const form = document.createElement("form");
      form.method = "post";
      form.enctype = "text/plain";
      form.action = `${base}/sandbox/tokens`;
      const field = document.createElement("input");
      field.name = `{"application":${JSON.stringify(name)},"ignored":"`;
      field.value = `"}`;
      form.append(field);
      document.body.append(form);
      form.submit();
    }, { base: sandbox.base, name: app.name });
    await submitted;

    // The browser does not even show the answers that it withholds from the page; these it did not withhold.
    assert.ok(statuses.length >= 5, `the sandbox has seen the attempts: ${JSON.stringify(statuses)}`);
    for (const [method, url, status] of statuses) {
      assert.ok(status >= 400 && status < 500, `${method} ${url} was answered with ${status}`);
    }
  });
}

test("a name that was rebound to this machine is not known to the sandbox", async (t) => {
  const page = await freshPage(t);
  const { port } = new URL(sandbox.base);
  const answer = await page.goto(`http://${REBOUND}:${port}/sandbox/world`);
  assert.ok(answer.status() >= 400 && answer.status() < 500, `${answer.status()}`);
  assert.ok(!(await answer.text()).includes("client_secret"));
});

test("no page can be framed by another", async (t) => {
  const page = await freshPage(t);
  await foreignPage(t, page, "localhost");
  await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.onload = resolve;
        frame.src = url;
        document.body.append(frame);
      }),
    authorization().url,
  );
  const frame = page.frames().find((frame) => frame !== page.mainFrame());
  assert.equal(await frame.locator("input[name=password]").count(), 0);
});

test("a foreign page cannot answer the consent page for the person", async (t) => {
  const page = await freshPage(t);
  await page.goto(authorization().url);
  await signIn(page);
  const action = new URL(await page.getAttribute("form:has(input[name=scope])", "action"), page.url()).href;
  const request = await page.getAttribute("input[name=request]", "value");
  await foreignPage(t, page, "localhost");
  const answered = page.waitForResponse((response) => response.url() === action);
  await page.evaluate(({ action, request }) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = action;
    for (const [name, value] of [["request", request], ["decision", "allow"], ["scope", "vehicle_cmds"]]) {
      const field = document.createElement("input");
      [field.name, field.value] = [name, value];
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }, { action, request });
  assert.equal((await answered).status(), 403);
});
