// What must count at once and what must not be lost: a right that ends while a download runs, and a sign-in that has
// grown old while a form was filled. All people are synthetic.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { atProvider, clinic, signInAgo } from "./clinic.js";
import { LIMIT, LONG, ask, browser, command, link, look, nothingWrong, open, press, ready, visitor, words } from "./harness.js";

let house, chrome;
before(async () => {
  house = await clinic();
  chrome = await browser();
}, LIMIT);
after(async () => {
  await chrome?.close();
  await house?.stop();
});

const visit = (options = {}) => visitor(chrome, { origins: [house.origin, house.provider.issuer], ...options });
const at = (path) => house.origin + path;

/** Alma, whose record it is, signed in so many minutes ago. */
async function signInAlma(who, minutes = 0) {
  await signInAgo(who, house, "alma", minutes);
  if (new URL(who.page.url()).pathname === "/link") {
    await link(who, command(house, "activation-code", "--patient", "TST-1").match(/[A-Z0-9]{4}(-[A-Z0-9]{4})+/)[0]);
  }
}

/** Downloads over a slow line: reads a little, pauses, and goes on when told. */
async function slowly(who, path) {
  const cookies = (await who.context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const url = new URL(at(path));
  const socket = connect(Number(url.port), url.hostname);
  let read = 0;
  let head = "";
  const ended = new Promise((done) => socket.once("close", done).once("error", () => {}));
  socket.on("data", (bytes) => {
    read += bytes.length;
    if (head.length < 4096) head += bytes.toString("latin1");
    socket.pause();
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\nCookie: ${cookies}\r\nConnection: close\r\n\r\n`);
  const deadline = Date.now() + LONG;
  while (read === 0 && Date.now() < deadline) await new Promise((later) => setTimeout(later, 20));
  return {
    length: () => Number(head.match(/content-length: (\d+)/i)?.[1]),
    status: () => Number(head.match(/^HTTP\/1\.1 (\d+)/)?.[1]),
    /** Reads whatever still comes; how much came in all, headers not counted. */
    rest: async () => {
      socket.removeAllListeners("data").on("data", (bytes) => (read += bytes.length));
      socket.resume();
      await ended;
      return read - (head.indexOf("\r\n\r\n") + 4);
    },
  };
}

test("the patient ends a right while a download runs: the rest does not come", LIMIT, async () => {
  const alma = await visit();
  await signInAlma(alma);
  await alma.page.goto(at("/people/new"));
  await alma.page.locator("#name").fill("Dana, my neighbor");
  // The scans are free text that nobody has looked through: she ticks them.
  await alma.page.locator("#labels-unreviewed").check();
  await alma.page.locator('input[name="copies"]').check();
  await press(alma, "#people-form button:not([formaction])");
  const code = (await alma.page.locator("#invitation-code").innerText()).trim();

  const who = await visit();
  const { page } = who;
  await signInAgo(who, house, "dana");
  await open(who, at("/people/code"), "download-code");
  await page.locator('form[action="/people/code"] input[name="code"]').fill(code);
  await press(who, 'form[action="/people/code"] button');
  await press(who, 'main a[href^="/for/"]');
  const base = new URL(page.url()).pathname.replace(/\/home$/, "");
  await open(who, at(`${base}/copies/new`), "download-new");
  await press(who, "#copy-form button:not([formaction])");
  await ready(page);
  const copy = new URL(page.url()).pathname;

  // As long as the right holds, a slow line gets the whole file.
  const whole = await slowly(who, `${copy}/file`);
  assert.equal(whole.status(), 200);
  const length = whole.length();
  assert.ok(length > 20 << 20, `the copy is large: ${length} bytes`);
  assert.equal(await whole.rest(), length, "the whole file came");

  const slow = await slowly(who, `${copy}/file`);
  assert.equal(slow.status(), 200);
  await alma.page.goto(at("/people"));
  await press(alma, "main .lines a.title");
  await press(alma, 'form[action$="/end"] button');
  // A download runs on for 100 ms before the server asks again whether it may.
  await page.waitForTimeout(1_000);
  const came = await slow.rest();
  assert.ok(came < length, `${came} of ${length} bytes came`);
  // What the line had swallowed before the end may still come; the server sends no more than that.
  assert.ok(came < length / 2, `${came} of ${length} bytes came after the end`);

  for (const path of [`${copy}/file`, copy, `${base}/record`, `${base}/home`]) {
    const answer = await ask(who, at(path));
    assert.equal(answer.status(), 404, path);
  }
  await page.goto(at(`${base}/record`));
  await look(who, "download-over", { quick: true });
  assert.doesNotMatch(await page.locator("body").innerText(), /Alma/);
  await open(who, at("/people"), "download-people");
  await leave(who);
  await leave(alma);
});

/** The end of a visit in which nothing else went wrong than what was asked for and refused. */
async function leave(who) {
  who.wrong = who.wrong.filter((line) => !line.includes("404"));
  nothingWrong(who);
  await who.context.close();
}

test("an old sign-in is asked for again, and what was typed survives", LIMIT, async () => {
  const who = await visit({ language: "es" });
  const { page } = who;
  await signInAlma(who, 30);

  // A copy: what was chosen comes back ticked, and nothing is made before it is sent again.
  await open(who, at("/copies/new"), "again-copy-new");
  await page.locator("#what-some").check();
  await page.locator('input[name="categories"][value="labs"]').check();
  await press(who, "#copy-form button:not([formaction])");
  assert.equal(new URL(page.url()).pathname, "/sign-in-again");
  await look(who, "again-why", { personal: true });
  await press(who, 'form[action="/sign-in-again"] button');
  await atProvider(who, house, "alma");
  assert.equal(new URL(page.url()).pathname, "/copies/new");
  await look(who, "again-copy-back", { personal: true, quick: true });
  assert.ok(await page.locator("#what-some").isChecked());
  assert.ok(await page.locator('input[name="categories"][value="labs"]').isChecked());
  await press(who, "#copy-form button:not([formaction])");
  assert.match(new URL(page.url()).pathname, /^\/copies\/[0-9a-f-]{36}$/);
  await ready(page);
  await page.locator('form[action="/sign-out"] button').click();
  await page.locator('button[name="logout"]').click();
  await page.waitForURL("**/signed-out*");

  // A signature: the text and the name come back.
  await signInAlma(who, 30);
  await page.goto(at("/privacy/permissions/new"));
  await page.locator('input[name="kind"][value="directive"]').check();
  await press(who, 'form[action="/privacy/permissions/new"] button');
  await page.locator("#recipient").fill("Tía Ana");
  await page.locator("#address").fill("2 Calle Olmo");
  await press(who, "#terms-form button:not([formaction])");
  await look(who, "again-sign", { personal: true });
  const text = await page.locator("#exact-text").innerText();
  assert.ok(text.includes("Tía Ana"), text);
  await page.locator("#typed").fill("Alma Tester");
  await press(who, "#sign-form button");
  assert.equal(new URL(page.url()).pathname, "/sign-in-again", "nothing is signed before the sign-in");
  await press(who, 'form[action="/sign-in-again"] button');
  await atProvider(who, house, "alma");
  await look(who, "again-sign-back", { personal: true, quick: true });
  assert.equal(await page.locator("#exact-text").innerText(), text);
  assert.equal(await page.locator("#typed").inputValue(), "Alma Tester");
  await press(who, "#sign-form button");
  await look(who, "again-signed", { quick: true });
  assert.match(await words(who), /Alma Tester/);

  // Somebody else at the provider gets nothing of it.
  await page.locator('form[action="/sign-out"] button').click();
  await page.locator('button[name="logout"]').click();
  await page.waitForURL("**/signed-out*");
  await signInAlma(who, 30);
  await page.goto(at("/people/new"));
  await page.locator("#name").fill("Beto, mi hermano");
  await page.locator("#what-some").check();
  await page.locator('input[name="categories"][value="labs"]').check();
  await press(who, "#people-form button:not([formaction])");
  assert.equal(new URL(page.url()).pathname, "/sign-in-again");
  await look(who, "again-invite", { personal: true, quick: true });
  await press(who, 'form[action="/sign-in-again"] button');
  await atProvider(who, house, "beto");
  await look(who, "again-somebody-else", { quick: true });
  assert.doesNotMatch(await page.locator("body").innerText(), /Beto, mi hermano/);
  who.wrong = who.wrong.filter((line) => !/status of 40[139]/.test(line));
  nothingWrong(who);
  await who.context.close();
});

test("an open page that nobody uses ends at the sign-in, and the session with it", LIMIT, async (t) => {
  const short = await clinic("[sessions]\nidle_minutes = 1\nwarn_minutes = 0\n");
  t.after(short.stop);
  const who = await visitor(chrome, { origins: [short.origin, short.provider.issuer] });
  const { page } = who;
  await signInAgo(who, short, "alma");
  await link(who, command(short, "activation-code", "--patient", "TST-1").match(/[A-Z0-9]{4}(-[A-Z0-9]{4})+/)[0]);
  // The last looks of the script fall before the end: none of them counts as use.
  for (const wait of [40_000, 10_000]) {
    await page.waitForTimeout(wait);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  }
  await page.waitForURL("**/sign-in?over=yes*");
  await look(who, "over-unused", { quick: true });
  assert.match(await page.locator("#over").innerText(), /nothing was done here for a while/);
  assert.doesNotMatch(await page.locator("body").innerText(), /Alma/);
  const told = await (await ask(who, `${short.origin}/session`)).json();
  assert.deepEqual([told.over, told.ran_out], [true, true]);
  await page.goto(`${short.origin}/home`);
  assert.equal(new URL(page.url()).pathname, "/sign-in", "nothing of the record is shown");
  nothingWrong(who);
  await who.context.close();
});
