// A sandbox of its own for a test file, and a person who signs in and consents without a browser.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINARY = process.env.FLEETGATE_BIN ?? fileURLToPath(new URL("../target/debug/fleetgate", import.meta.url));

/** Starts `fleetgate dev` on a free port, in a folder that `stop` removes. Limits are off unless `more` says otherwise. */
export async function startSandbox(...more) {
  const folder = await mkdtemp(join(tmpdir(), "fleetgate-e2e-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const limits = more.includes("--limits") ? [] : ["--limits", "off"];
  const process = spawn(BINARY, ["dev", "--listen", `127.0.0.1:${port}`, "--data-dir", folder, ...limits, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  process.stdout.on("data", (text) => (output += text));
  process.stderr.on("data", (text) => (output += text));
  const ended = new Promise((resolve) => {
    process.once("exit", resolve);
    process.once("error", (error) => {
      output += error.message;
      resolve();
    });
  });
  const stop = async () => {
    process.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answers(`${base}/status`, ended);
    const world = JSON.parse((await ask("GET", `${base}/sandbox/world`)).text);
    return { base, world, stop };
  } catch (error) {
    await stop();
    throw new Error(`The sandbox did not start: ${error.message}\n${output}`);
  }
}

/** The first application of a kind; the world guarantees that it is registered and has a loopback redirect URI. */
export function application(world, kind) {
  const found = world.applications.find((application) => application.kind === kind);
  const redirectUri = found.redirect_uris.find((uri) => /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(uri));
  return { ...found, redirectUri };
}

/** One HTTP request, exactly as given: no redirects, no cookies. */
export function ask(method, url, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

/**
 * Follows an authorization request as a person with a plain browser would: signs in, unticks scopes, presses a button.
 * Returns the URL of the application to which the browser is sent.
 */
export async function consent(url, account, { untick = [], press = "Allow" } = {}) {
  const origin = new URL(url).origin;
  const cookies = new Map();
  let next = { method: "GET", url: String(url) };
  for (let step = 0; step < 12; step += 1) {
    const headers = { ...next.headers };
    if (cookies.size > 0) headers.Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await ask(next.method, next.url, { headers, body: next.body });
    for (const cookie of answer.headers["set-cookie"] ?? []) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    if (answer.status >= 300 && answer.status < 400) {
      const location = new URL(answer.headers.location, next.url);
      if (location.origin !== origin) return location;
      next = { method: "GET", url: location.href };
      continue;
    }
    if (answer.status !== 200) throw new Error(`${next.method} ${next.url}: ${answer.status}\n${answer.text}`);
    next = submit(answer.text, next.url, account, untick, press);
  }
  throw new Error("The authorization request does not come to an end.");
}

/** What a person's answer to a page sends. */
function submit(page, url, account, untick, press) {
  const signsIn = forms(page).find((form) => form.fields.some((field) => field.name === "password"));
  const wanted = signsIn ? "Sign in" : press;
  const form = signsIn ?? forms(page).find((form) => form.buttons.some((button) => button.text === wanted));
  const button = form?.buttons.find((button) => button.text === wanted);
  if (!button) throw new Error(`There is no button "${wanted}" on ${url}:\n${page}`);
  const body = new URLSearchParams();
  for (const field of form.fields) {
    if (field.type === "checkbox" && (!("checked" in field) || untick.includes(field.value))) continue;
    const typed = { email: account.email, password: account.password }[field.name];
    body.append(field.name, typed ?? field.value ?? "");
  }
  if (button.name) body.append(button.name, button.value ?? "");
  const target = new URL(form.action ?? "", url);
  return {
    method: "POST",
    url: target.href,
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      Origin: target.origin,
      Referer: url,
      "Sec-Fetch-Site": "same-origin",
    },
    body: body.toString(),
  };
}

/** The forms of a page with their fields and buttons. */
function forms(page) {
  return [...page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, form, inside]) => ({
    ...attributes(form),
    fields: [...inside.matchAll(/<input\b([^>]*)>/g)].map(([, field]) => attributes(field)).filter((field) => field.name),
    buttons: [...inside.matchAll(/<button\b([^>]*)>(.*?)<\/button>/gs)].map(([, button, text]) => ({
      ...attributes(button),
      text: unescape(text).trim(),
    })),
  }));
}

function attributes(tag) {
  const pairs = [...tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, unescape(value ?? "")]));
}

function unescape(text) {
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return named[name] ?? whole;
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
  });
}

/** The claims of an access token, unverified. */
export function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(url, ended) {
  let over = false;
  ended.then(() => (over = true));
  const deadline = Date.now() + 60_000;
  while (!over && Date.now() < deadline) {
    const answer = await ask("GET", url).catch(() => undefined);
    if (answer?.text.trim() === "ok") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(over ? "it ended" : "it did not answer for a minute");
}
