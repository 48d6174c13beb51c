// The whole story of a patient, in both languages and without script, by keyboard, and against another
// identity provider.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  LIMIT, LONG, answers, browser, checkAxe, demo, download, folder, freePort, link, look, nothingWrong, originsOf, out, phone,
  press, ready, signIn, start, visitor, wide,
} from "./harness.js";
import { startProvider } from "./provider.js";

let house, chrome;
before(async () => {
  house = await demo();
  chrome = await browser();
}, LIMIT);
after(async () => {
  await chrome?.close();
  await house?.stop();
});

const visit = async (options = {}) => visitor(chrome, { origins: await originsOf(house), ...options });

/** A ZIP that 7-Zip finds sound, with what a copy must have; it opens without a network. */
async function checkZip(path, language) {
  const bytes = readFileSync(path);
  assert.equal(bytes.subarray(0, 4).toString("latin1"), "PK\u0003\u0004");
  execFileSync("7z", ["t", path], { stdio: "pipe" });
  const unpacked = folder();
  execFileSync("7z", ["x", "-y", `-o${unpacked.path}`, path], { stdio: "pipe" });
  const listed = execFileSync("find", [unpacked.path, "-type", "f"], { encoding: "utf8" });
  for (const part of [/index\.html$/m, /record\.pdf$/m, /\/fhir\/Patient\.ndjson$/m, /\/tables\/.*\.csv$/m, /manifest\.json$/m]) {
    assert.match(listed, part);
  }
  const index = listed.split("\n").find((file) => file.endsWith("index.html"));
  const offline = await visitor(chrome, { origins: ["null"], language });
  await offline.page.goto(pathToFileURL(index).href);
  assert.equal(await offline.page.locator("h1").count(), 1);
  await checkAxe(offline.page, "the page of the copy");
  await offline.page.screenshot({ path: join(out, `${language}-copy-index.png`) });
  assert.deepEqual(offline.wrong.filter((line) => !line.includes("request went to null")), []);
  await offline.context.close();
  unpacked.remove();
}

for (const [language, name] of [["en", "Rosa Maria Delgado"], ["es", "Lucía Inés Peña Ortega"]]) {
  test(`the whole story in ${language === "en" ? "English" : "Spanish"}`, LIMIT, async () => {
    const who = await visit({ language });
    const { page } = who;
    const go = async (path, as, { personal = true, quick = false } = {}) => {
      const answer = await page.goto(house.origin + path);
      assert.equal(answer.status(), 200, path);
      await look(who, as, { personal, quick });
    };
    await go("/", "welcome", { personal: false });
    await go("/help", "help", { personal: false });
    await go("/accessibility", "accessibility", { personal: false });
    await go("/sign-in", "sign-in", { personal: false });
    await signIn(who, house.origin, name);
    await look(who, "link", { personal: true });
    await go("/link/help", "link-help");
    await page.goto(`${house.origin}/link`);

    // A wrong code is explained and stays in the form; nothing tells whether anybody has it.
    await page.locator('input[name="code"]').fill("2222-3333-4444");
    await press(who, 'form[action="/link"] button');
    await look(who, "link-wrong");
    assert.equal(await page.locator('input[name="code"]').inputValue(), "2222-3333-4444");
    await link(who, house.people.get(name));
    await look(who, "home", { personal: true });
    assert.match(await page.locator(".whose").innerText(), new RegExp(name.split(" ").at(-1)));
    // The browser answers 422 for the wrong code, which is as it should be.
    who.wrong = who.wrong.filter((line) => !line.includes("422"));

    await go("/record", "record");
    const shelves = await page.locator(".shelves a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
    assert.ok(shelves.length >= 5, `several categories: ${shelves}`);
    let chart = false;
    for (const [n, shelf] of shelves.entries()) {
      const quick = n > 2;
      const slug = shelf.split("/").at(-1);
      await go(shelf, `category-${slug}`, { quick });
      const first = await page.locator("main .lines a.title").first().getAttribute("href");
      await go(first, `item-${slug}`, { quick });
      if (!chart && (await page.locator("figure.chart svg").count())) {
        chart = true;
        assert.ok(await page.locator("figure.chart svg title").count(), "a chart has a name");
        assert.ok((await page.locator("main table tbody tr").count()) >= 2, "its figures stand in a table too");
      }
      await page.locator("main details summary").last().click();
      assert.match(await page.locator("main pre, main details .note").first().innerText(), /resourceType|./);
    }
    if (language === "en") assert.ok(chart, "some item of a long record has a chart");

    await page.goto(`${house.origin}/record`);
    const words = (await page.evaluate(async (path) => {
      const text = await (await fetch(path)).text();
      return new DOMParser().parseFromString(text, "text/html").querySelector("main .lines a.title").textContent;
    }, shelves[0])).trim().split(/\s+/)[0];
    await page.locator("#q").fill(words);
    await press(who, 'form[role="search"] button');
    await look(who, "search", { personal: true });
    assert.ok((await page.locator("main .lines > li").count()) > 0, `"${words}" is found`);
    await page.locator("#q").fill("zzzzqqqq");
    await press(who, 'form[role="search"] button');
    await look(who, "search-nothing", { personal: true });
    assert.ok(!page.url().includes("zzzzqqqq"), "what was looked for stands in no address");
    await go("/record/not-here", "not-here");

    await go("/copies", "copies-none");
    await go("/copies/new", "copy-new");
    // While the page is looked at, its questions about the progress wait: it would go on to the next by itself.
    const asks = (url) => /\/copies\/[0-9a-f-]{36}/.test(url.pathname);
    let looked;
    const until = new Promise((done) => (looked = done));
    await page.route(asks, async (route) => {
      if (route.request().resourceType() === "fetch") await until;
      return route.continue();
    });
    await page.locator("#copy-form button:not([formaction])").click();
    await page.waitForURL(/\/copies\/[0-9a-f-]{36}$/);
    await look(who, "copy-going", { personal: true });
    looked();
    const button = await ready(page);
    // A page that axe has looked at carries axe's own styles.
    await page.reload();
    await look(who, "copy-ready", { personal: true });
    const copy = await download(page, button);
    assert.match(copy.name, /^[A-Za-z0-9._-]+\.zip$/);
    assert.doesNotMatch(copy.name, new RegExp(name.split(" ").at(-1), "i"), "the file's name tells nothing");
    await checkZip(copy.path, language);
    await go("/copies", "copies");

    // Every page above stands in the log, and the file too.
    await go("/access-log", "log");
    const total = await page.locator("ol.log > li").count();
    assert.ok(total >= Math.min(20, shelves.length * 2), `${total} lines in the log`);
    assert.ok(/copy/.test(await page.locator("ol.log").innerHTML()) || total > 20, "the copy is in the log");
    await go("/account", "account");

    // A page that stands open while its session is ended elsewhere leads to the sign-in, which says so; the address tells
    // nobody which page it was.
    const cookies = await who.context.cookies();
    await who.context.clearCookies();
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.waitForURL("**/sign-in?*");
    assert.equal(new URL(page.url()).search, "?over=yes");
    assert.equal(await page.locator('input[name="return_to"]').first().inputValue(), "/home");
    assert.equal(await page.locator("#over").count(), 1);
    await look(who, "signed-out-elsewhere");
    await who.context.addCookies(cookies);
    await page.goto(`${house.origin}/account`);

    // The provider asks nobody whose own sign-in it is.
    await page.locator('form[action="/sign-out"] button').click();
    await page.waitForURL("**/signed-out*");
    await look(who, "signed-out");
    await page.goto(`${house.origin}/home`);
    assert.equal(new URL(page.url()).pathname, "/sign-in", "after signing out nothing is shown");
    nothingWrong(who);
    await who.context.close();
  });
}

test("without script, on a phone, from sign-in to the file", LIMIT, async () => {
  const who = await visit({ script: false, size: phone, scheme: "dark" });
  const { page } = who;
  await signIn(who, house.origin, "Elena Harper");
  await link(who, house.people.get("Elena Harper"));
  assert.ok((await page.locator("h1").boundingBox()).y < 400, "the page begins in the upper half of the first screen");
  assert.equal(await page.locator('nav a[href="/copies"]').isVisible(), false, "the menu is folded");
  await page.locator("nav .menu summary").click();
  await page.locator('nav a[href="/copies"]').click();
  await page.locator('a[href="/copies/new"]').first().click();
  await press(who, "#count-button");
  assert.match(await page.locator("#count").innerText(), /\d/, "the count is updated by the button");
  await page.locator("#copy-form button:not([formaction])").click();
  await page.waitForURL(/\/copies\/[0-9a-f-]{36}$/);
  const button = await ready(page);
  await page.screenshot({ path: join(out, "no-script-copy.png"), fullPage: true });
  const copy = await download(page, button);
  execFileSync("7z", ["t", copy.path], { stdio: "pipe" });
  await press(who, 'form[action="/language"] button');
  assert.equal(await page.locator("html").getAttribute("lang"), "es");
  await page.locator('form[action="/sign-out"] button').click();
  await page.waitForURL("**/signed-out*");
  nothingWrong(who);
  await who.context.close();
});

test("the page of a copy that gets ready leaves whoever is going elsewhere alone", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  await signIn(who, house.origin, "Casey Monroe");
  await link(who, house.people.get("Casey Monroe"));
  await page.goto(`${house.origin}/copies/new`);
  // The server takes its time: with the page that is gone to, and with how far the copy is.
  const held = async (what) => {
    const routes = [];
    await page.route(what, (route) => routes.push(route));
    return async (n) => {
      const deadline = Date.now() + LONG;
      while (routes.length < n && Date.now() < deadline) await new Promise((later) => setTimeout(later, 20));
      assert.ok(routes.length >= n, `${what} was asked for`);
      return routes[n - 1];
    };
  };
  const progress = await held(/\/copies\/[0-9a-f-]{36}\/progress$/);
  const help = await held(`${house.origin}/help`);
  await press(who, "#copy-form button:not([formaction])");
  const copy = page.url();
  const first = await progress(1);
  await page.locator('a[href="/help"]').first().click({ noWaitAfter: true });
  const way = await help(1);
  await first.fulfill({ json: { going: false, done: 1, total: 1, words: "Done" } });
  // It asks once more: it has had the answer, and is still there.
  await progress(2);
  await way.continue();
  await page.waitForURL(`${house.origin}/help`);
  assert.equal(await page.locator("h1").count(), 1);
  // And whoever stays goes on to the copy.
  await page.unrouteAll();
  await page.goto(copy);
  await ready(page);
  nothingWrong(who);
  await who.context.close();
});

test("by keyboard alone, from sign-in to the file", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  /** Goes on with Tab until the wanted element has the focus, which must be visible on the way. */
  const tabTo = async (wanted) => {
    for (let n = 0; n < 200; n++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate((selector) => {
        const node = document.activeElement;
        if (!node || node === document.body) return { there: false, seen: true };
        const style = getComputedStyle(node);
        const seen = style.outlineStyle !== "none" || style.boxShadow !== "none" || style.backgroundColor !== "rgba(0, 0, 0, 0)";
        return { there: node.matches(selector), seen, html: node.outerHTML.slice(0, 120) };
      }, wanted);
      assert.ok(at.seen, `the focus can be seen on ${at.html}`);
      if (at.there) return;
    }
    assert.fail(`${wanted} cannot be reached by Tab on ${page.url()}`);
  };
  const go = async (wanted) => {
    await tabTo(wanted);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  };
  await page.goto(house.origin);
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.matches("a.skip")), "the first stop skips the menu");
  await page.keyboard.press("Enter");
  await go('main a[href="/sign-in"]');
  await go('form[action^="/sign-in/"] button');
  // The person's own button, by its words.
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement.textContent.trim())) === "Sam Whitfield") break;
  }
  await Promise.all([page.waitForURL(`${house.origin}/**`), page.keyboard.press("Enter")]);
  await tabTo('input[name="code"]');
  await page.keyboard.type(house.people.get("Sam Whitfield").toLowerCase().replaceAll("-", " "));
  await Promise.all([page.waitForURL("**/home"), page.keyboard.press("Enter")]);
  await go('main a[href="/copies/new"]');
  await go("#copy-form button:not([formaction])");
  await ready(page);
  await tabTo('a[href$="/file"]');
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.equal(await file.failure(), null);
  nothingWrong(who);
  await who.context.close();
});

test("a first view weighs at most 60 kB", LIMIT, async () => {
  const paths = ["/", "/sign-in"];
  for (const path of paths) {
    const who = await visit();
    const client = await who.context.newCDPSession(who.page);
    await client.send("Network.enable");
    let bytes = 0;
    client.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
    await who.page.goto(house.origin + path, { waitUntil: "networkidle" });
    assert.ok(bytes > 1000 && bytes <= 60_000, `${path} weighs ${bytes} bytes`);
    await who.context.close();
  }
  // The heaviest kind of page: a full list of a long record, with nothing in the cache.
  const who = await visit();
  await signIn(who, house.origin, "Rosa Maria Delgado");
  const state = await who.context.storageState();
  await who.context.close();
  const fresh = await chrome.newContext({ storageState: state });
  fresh.setDefaultTimeout(LONG);
  const page = await fresh.newPage();
  for (const path of ["/home", "/record", "/record/labs"]) {
    const client = await fresh.newCDPSession(page);
    await client.send("Network.enable");
    await client.send("Network.clearBrowserCache");
    let bytes = 0;
    client.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
    await page.goto(house.origin + path, { waitUntil: "networkidle" });
    assert.ok(bytes <= 60_000, `${path} weighs ${bytes} bytes`);
    await client.detach();
  }
  await fresh.close();
});

describe("another issuer: oidc-provider", () => {
  let provider, served, data, origin;
  before(async () => {
    data = folder();
    origin = `http://127.0.0.1:${await freePort()}`;
    provider = await startProvider(origin);
    const config = join(data.path, "recordright.toml");
    mkdirSync(data.path, { recursive: true });
    const { writeFileSync } = await import("node:fs");
    writeFileSync(config, `
[clinic]
name = "Test clinic"
phone = "555-0100"
[server]
listen = "${origin.slice(7)}"
public_url = "${origin}"
[[oidc]]
id = "other"
name = "Another provider"
issuer = "${provider.issuer}"
client_id = "recordright"
client_secret = "a-secret-of-the-test-that-is-long-enough"
`);
    served = await start(["serve", "--data", data.path], { until: () => answers(`${origin}/`) });
  }, LIMIT);
  after(async () => {
    await served?.stop();
    await provider?.stop();
    data?.remove();
  });

  test("a person signs in, and signs out there too", LIMIT, async () => {
    const who = await visitor(chrome, { origins: [origin, provider.issuer], size: wide });
    const { page } = who;
    await page.goto(`${origin}/account`);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await page.locator('form[action="/sign-in/other"] button').click();
    await page.locator('input[name="login"]').fill("alma");
    await page.locator('button[type="submit"]').click();
    await page.waitForURL(`${origin}/**`);
    assert.equal(new URL(page.url()).pathname, "/link", "an account without a record is led to the code");
    await page.goto(`${origin}/account`);
    assert.match(await page.locator("main").innerText(), /Alma Tester/);
    assert.equal(provider.signedIn(), 1);
    await page.locator('form[action="/sign-out"] button').click();
    await page.locator('button[name="logout"]').click();
    await page.waitForURL("**/signed-out*");
    await page.goto(`${origin}/account`);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    nothingWrong(who);
    await who.context.close();
  });

  test("a person who says no comes back to a page that explains", LIMIT, async () => {
    const who = await visitor(chrome, { origins: [origin, provider.issuer] });
    const { page } = who;
    await page.goto(`${origin}/sign-in`);
    await page.locator('form[action="/sign-in/other"] button').click();
    await page.locator("a.cancel").click();
    await page.waitForURL(`${origin}/**`);
    await checkAxe(page, "the page after saying no");
    assert.equal(await page.locator("h1").count(), 1);
    assert.ok(await page.locator('a[href^="/sign-in"]').count(), "one can try again");
    await who.context.close();
  });
});
