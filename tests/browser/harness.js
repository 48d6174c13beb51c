// Starts `recordright demo` on free ports, opens Chromium, and checks every page that any test looks at.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
/** Where screenshots go. */
export const out = join(here, "out");
mkdirSync(out, { recursive: true });

const root = join(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
/** The program: what `check` has built, or the newest build of this folder. */
export const binary = process.env.RECORDRIGHT_TEST_BINARY ?? join(target, "debug/recordright");
assert.ok(existsSync(binary), `${binary} is missing; run: cargo build -p portal`);

/** How long anything may take that is waited for, in milliseconds. It ends only what would never come. */
export const LONG = 300_000;
/** The same for a whole test, or what comes before all tests of a file. */
export const LIMIT = { timeout: 1_200_000 };

export const wide = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

let nextPort = Math.floor(Math.random() * 5000);

/**
 * A port for a program that is started a moment later. Systems give out the ports above these by themselves, to whoever
 * listens on any or calls somebody: what is free there may be taken in between.
 */
export async function freePort() {
  for (let tries = 0; tries < 5000; tries++) {
    const port = 11_000 + (nextPort++ % 5000);
    const server = createServer();
    const free = await new Promise((done) => server.once("error", () => done(false)).listen(port, "127.0.0.1", () => done(true)));
    if (!free) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
  throw new Error("no port is free");
}

/** A folder that `remove` takes away. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "recordright-browser-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the program and waits until its output or its port says that it is ready. */
export async function start(args, { until, env = {} }) {
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  let over = false;
  const ended = new Promise((done) => child.once("exit", done)).then(() => (over = true));
  const stop = async () => {
    child.kill("SIGTERM");
    const forced = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(forced);
  };
  const deadline = Date.now() + LONG;
  while (!(await until(said))) {
    if (over || Date.now() > deadline) {
      await stop();
      throw new Error(`recordright ${args.join(" ")} did not start:\n${said}`);
    }
    await new Promise((later) => setTimeout(later, 100));
  }
  return { stop, said: () => said };
}

/** Runs a subcommand beside the running service, as an operator would; what it prints. */
export function command({ data }, ...args) {
  return execFileSync(binary, [...args, "--data", data], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** No connection is kept: the server may close it just when the next request is on its way. */
export const ONCE = { connection: "close" };

export async function answers(url) {
  try {
    return (await fetch(url, { redirect: "manual", headers: ONCE })).status < 500;
  } catch {
    return false;
  }
}

/** The demo with its people: name → activation code. */
export async function demo() {
  const data = folder();
  const place = (said) => said.match(/^ {2}Open +(http:\S+)$/m)?.[1];
  const running = await start(["demo", "--listen", "127.0.0.1:0", "--data", data.path], {
    until: (said) => said.includes("Ctrl-C") && answers(`${place(said)}/`),
  });
  const origin = place(running.said());
  const people = new Map();
  for (const [, name, code] of running.said().matchAll(/^ {2}(\S.*?)\s+code (\S+) /gm)) people.set(name, code);
  assert.ok(people.size >= 8, `the demo names its people:\n${running.said()}`);
  const stop = async () => {
    await running.stop();
    data.remove();
  };
  return { origin, people, data: data.path, said: running.said, stop };
}

const origins = new Map();

/** The demo's own origins: the portal and, where its sign-in form leads, the identity provider. */
export async function originsOf({ origin }) {
  if (!origins.has(origin)) {
    const page = await fetch(`${origin}/sign-in`, { headers: ONCE });
    const cookie = page.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
    const html = await page.text();
    const [, action] = html.match(/action="(\/sign-in\/[^"]+)"/);
    const [, csrf] = html.match(/name="csrf" value="([^"]+)"/);
    const begun = await fetch(`${origin}${action}`, {
      method: "POST",
      body: new URLSearchParams({ csrf }),
      redirect: "manual",
      headers: { ...ONCE, cookie, origin },
    });
    origins.set(origin, [origin, new URL(begun.headers.get("location")).origin]);
  }
  return origins.get(origin);
}

export function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    timeout: LONG,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--force-color-profile=srgb",
    ],
  });
}

/**
 * A visitor with a clean browser. Whatever goes wrong on any page — an error in the console, a refusal by the
 * content security policy, a request to elsewhere — is kept in `wrong`.
 */
export async function visitor(chrome, { origins, language = "en", scheme = "light", size = wide, script = true }) {
  const context = await chrome.newContext({
    viewport: size,
    locale: language === "es" ? "es-US" : "en-US",
    colorScheme: scheme,
    javaScriptEnabled: script,
    acceptDownloads: true,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(LONG);
  const wrong = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:", "about:"].includes(url.protocol) && !origins.some((origin) => origin === url.origin)) {
      wrong.push(`a request went to ${url.origin}`);
    }
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()} (${page.url()})`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error.message} (${page.url()})`));
  return { context, page, wrong, language, script };
}

/**
 * Looks at the page wide and on a phone, light and dark: two of the four in English, the other two in Spanish.
 * A page of a kind that was looked at before (`quick`) is looked at once.
 */
export async function look(who, name, { personal = false, quick = false } = {}) {
  const { page, language } = who;
  const shot = (part) => page.screenshot({ path: join(out, `${language}-${name}-${part}.png`), fullPage: true });
  await checkMarkup(who, name);
  if (personal) await checkHeaders(who, name);
  const rounds = [
    ["wide-light", wide, "light"],
    ["phone-dark", phone, "dark"],
  ];
  if (language === "es") rounds.splice(0, 2, ["wide-dark", wide, "dark"], ["phone-light", phone, "light"]);
  if (quick) rounds.shift();
  for (const [part, size, colorScheme] of rounds) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await shot(part);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${name} (${part}) is ${over} pixels wider than the window`);
    await checkAxe(page, `${name} (${part})`);
  }
  await page.setViewportSize(wide);
  await page.emulateMedia({ colorScheme: "light" });
}

export async function checkAxe(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}`).join("\n")}`);
  assert.deepEqual(told, [], `axe on ${name}`);
}

async function checkMarkup({ page, language }, name) {
  // A page that is just being left has no document.
  await page.waitForLoadState();
  const seen = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    return {
      h1: [...document.querySelectorAll("h1")].map((node) => node.textContent.trim()),
      title: document.title,
      language: document.documentElement.lang,
      twice: ids.filter((id, n) => ids.indexOf(id) !== n),
      inline: document.querySelectorAll("[style], style, script:not([src])").length,
      raw: document.body.innerText.match(/\{ ?\$?[a-z-]+ ?\}|undefined|NaN/g) ?? [],
    };
  });
  assert.equal(seen.h1.length, 1, `${name} has one heading of the first order`);
  assert.ok(seen.title.startsWith(seen.h1[0]), `${name}: the title "${seen.title}" begins with "${seen.h1[0]}"`);
  assert.equal(seen.language, language, `${name} is in the language asked for`);
  assert.deepEqual(seen.twice, [], `${name}: ids are unique`);
  assert.equal(seen.inline, 0, `${name} has no inline style or script`);
  assert.deepEqual(seen.raw, [], `${name} shows no unfilled words`);
}

/** Asks with the visitor's cookies, beside the page. */
export const ask = ({ context }, url) => context.request.get(url, { headers: ONCE, timeout: LONG });

/** The headers of the page, asked for again with the same cookies. */
async function checkHeaders(who, name) {
  const answer = await ask(who, who.page.url());
  const headers = answer.headers();
  assert.equal(headers["cache-control"], "no-store", `${name} is kept nowhere`);
  assert.equal(headers["x-content-type-options"], "nosniff", name);
  assert.match(headers["content-security-policy"] ?? "", /default-src 'none'.*frame-ancestors 'none'/, name);
  assert.doesNotMatch(headers["content-security-policy"], /unsafe-/, name);
}

/** Signs in at the demo identity provider as the person of this name. */
export async function signIn(who, origin, name) {
  const { page } = who;
  await page.goto(`${origin}/sign-in`);
  await page.locator('form[action^="/sign-in/"] button').first().click();
  await page.getByRole("button", { name, exact: true }).click();
  await page.waitForURL(`${origin}/**`);
}

/** Opens a page of the portal and looks at it. */
export async function open(who, url, name, { status = 200, personal = true, quick = true } = {}) {
  const answer = await who.page.goto(url);
  assert.equal(answer.status(), status, url);
  await look(who, name, { personal: personal && status === 200, quick });
  if (status !== 200) await expected(who, status);
}

/** Presses a button and waits for the page to which it leads. */
export async function press(who, button) {
  const target = typeof button === "string" ? who.page.locator(button).first() : button;
  await Promise.all([who.page.waitForNavigation(), target.click()]);
}

/** Looks for words in a record, and at what is found: the words stand in no address. */
export async function find(who, origin, base, sought, name) {
  await who.page.goto(`${origin}${base}/record/search`);
  await who.page.fill("#q", sought);
  await press(who, 'form[role="search"] button');
  assert.match(new URL(who.page.url()).search, /^\?s=/);
  await look(who, name, { personal: true, quick: true });
}

/** What the page says to a reader. */
export const words = ({ page }) => page.locator("main").innerText();

/** Opens all that can be unfolded. */
export const unfold = ({ page }) => page.evaluate(() => document.querySelectorAll("main details").forEach((one) => (one.open = true)));

/** The browser notes each answer that is a refusal as an error, a moment after the page; this one was meant. */
export async function expected(who, status) {
  const noted = () => who.wrong.filter((line) => line.includes(`status of ${status}`));
  const deadline = Date.now() + 60_000;
  while (noted().length === 0 && Date.now() < deadline) await new Promise((later) => setTimeout(later, 20));
  const meant = noted();
  assert.ok(meant.length > 0, `an answer ${status} came: ${who.wrong}`);
  who.wrong.splice(0, who.wrong.length, ...who.wrong.filter((line) => !meant.includes(line)));
}

/** Links the account by its code. */
export async function link(who, code) {
  const { page } = who;
  assert.equal(new URL(page.url()).pathname, "/link", "an account without a record is led to the code");
  await page.locator('form[action="/link"] input[name="code"]').fill(code);
  await page.locator('form[action="/link"] button').click();
  await page.waitForURL("**/home");
}

/** Waits until the copy can be downloaded. The page looks again by itself, also without script. */
export async function ready(page) {
  const button = page.locator('a[href$="/file"]');
  await button.waitFor();
  return button;
}

/** Saves what the button downloads. */
export async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const path = join(out, `copy-${createHash("sha256").update(page.url()).digest("hex").slice(0, 8)}.zip`);
  await file.saveAs(path);
  return { path, name: file.suggestedFilename() };
}

export function nothingWrong({ wrong }) {
  assert.deepEqual(wrong, []);
}
