// People who act for others, as they see it: a parent, an adolescent, an executor, a helper for a month, the holder
// of a power of attorney; and the desk that looks at their papers. All people are synthetic.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import {
  LIMIT, ask, browser, command, demo, download, expected, find, link, look, nothingWrong, open, originsOf, press, ready,
  signIn, unfold, visitor, words,
} from "./harness.js";

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
const at = (path) => house.origin + path;

/** Names and record numbers of the demo's people, as the desk has them. */
const patients = {
  walter: { given: "Walter", family: "Briggs", number: "SFH-101299" },
  sam: { given: "Sam", family: "Whitfield", number: "SFH-101114" },
};

/** A small PDF, as a scanner would send it. */
const paper = {
  name: "letter.pdf",
  mimeType: "application/pdf",
  buffer: Buffer.from("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"),
};

/** The clinic appoints somebody and tells them the code. */
function appoint(patient, kind, proof, name) {
  return command(house, "representative", "appoint", "--patient", patient, "--kind", kind, "--proof", proof,
    "--name", name, "--note", "seen at the desk (synthetic)", "--by", "Front desk");
}

async function enterCode(who, code) {
  await who.page.locator('form[action="/people/code"] input[name="code"]').fill(code);
  await press(who, 'form[action="/people/code"] button');
}

/** Which name stands in the banner, and that it is the only one. */
async function banner({ page }) {
  assert.equal(await page.locator(".whose").count(), 1, `one banner on ${page.url()}`);
  return page.locator(".whose").innerText();
}

/** Each link of the page of the record leads to the same record. */
async function staysWithin({ page }, base) {
  const links = await page.locator("main a[href], nav a[href]").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const elsewhere = links.filter((href) => /^\/(for\/[^/]+\/)?(home|record|copies|access-log)\b/.test(href) && !href.startsWith(base));
  assert.deepEqual(elsewhere, [], `links of ${page.url()} lead to another record`);
}

test("a mother and her child: two records that never mix", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  await signIn(who, house.origin, "Elena Harper");
  await link(who, house.people.get("Elena Harper"));
  await open(who, at("/people"), "parent-people-none");
  assert.match(await words(who), /You do not act for anybody/);

  await open(who, at("/people/code"), "parent-code");
  await enterCode(who, "2222-3333-4444-5555");
  await look(who, "parent-code-wrong", { quick: true });
  await expected(who, 422);
  assert.equal(await page.locator('input[name="code"]').inputValue(), "2222-3333-4444-5555", "what was typed stays");
  await enterCode(who, appoint("mia", "parent", "birth-certificate", "Elena Harper"));
  assert.equal(new URL(page.url()).pathname, "/people");
  await look(who, "parent-people", { personal: true });
  await press(who, page.getByRole("link", { name: "Open the record of Mia Harper" }));
  const base = new URL(page.url()).pathname.replace(/\/home$/, "");
  assert.match(base, /^\/for\/[0-9a-f-]{36}$/);

  // Every page of hers says for whom, and leads nowhere else.
  for (const path of ["/home", "/record", "/record/immunizations", "/record/search", "/record/not-here",
    "/copies", "/copies/new", "/access-log"]) {
    const name = path.replaceAll("/", "-");
    await open(who, at(base + path), `parent${name}`, { quick: path !== "/home" });
    assert.match(await banner(who), /You are acting for\s+Mia Harper/, path);
    assert.match(await banner(who), /parent/, path);
    await staysWithin(who, base);
  }
  const shelves = await page.evaluate(async (path) => {
    const text = await (await fetch(path)).text();
    const links = new DOMParser().parseFromString(text, "text/html").querySelectorAll(".shelves a");
    return [...links].map((a) => a.getAttribute("href"));
  }, `${base}/record`);
  assert.ok(shelves.length > 3 && shelves.every((path) => path.startsWith(`${base}/record/`)), `${shelves}`);
  await open(who, at(shelves[0]), "parent-category");
  await press(who, "main .lines a.title");
  await look(who, "parent-item", { personal: true, quick: true });
  assert.match(await banner(who), /Mia Harper/);

  // Her own record in a second window; each window stays what it is, also for what is sent from it.
  const second = await who.context.newPage();
  await second.goto(at("/record"));
  assert.match(await second.locator(".whose").innerText(), /Elena Harper/);
  assert.doesNotMatch(await second.locator(".whose").innerText(), /acting|Mia/);
  await page.reload();
  assert.match(await banner(who), /Mia Harper/);
  await page.goto(at(`${base}/copies/new`));
  await second.goto(at("/copies/new"));
  await press(who, "#copy-form button:not([formaction])");
  assert.ok(new URL(page.url()).pathname.startsWith(`${base}/copies/`), "the copy of the first window is the child's");
  const child = new URL(page.url()).pathname;
  await Promise.all([second.waitForNavigation(), second.locator("#copy-form button:not([formaction])").click()]);
  const own = new URL(second.url()).pathname;
  assert.match(own, /^\/copies\/[0-9a-f-]{36}$/, "the copy of the second window is her own");
  // Until then each page goes on to the next by itself.
  await ready(page);
  await ready(second);
  for (const wrong of [own.replace("/copies", `${base}/copies`), child.replace(base, "")]) {
    await open(who, at(wrong), "parent-not-found", { status: 404 });
  }
  // Back, by the button of the browser, through pages that nothing keeps.
  await page.goto(at(`${base}/record`));
  await page.goto(at("/record"));
  assert.match(await banner(who), /Elena Harper/);
  await page.goBack();
  assert.equal(new URL(page.url()).pathname, `${base}/record`);
  assert.match(await banner(who), /You are acting for\s+Mia Harper/);
  await page.goForward();
  assert.doesNotMatch(await banner(who), /acting/);

  // The copy holds the child's record and nothing of the mother's.
  await page.goto(at(child));
  const button = await ready(page);
  await page.reload();
  await look(who, "parent-copy-ready", { personal: true, quick: true });
  const { path: zip } = await download(page, button);
  const text = execFileSync("7z", ["e", "-so", zip], { encoding: "latin1", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
  assert.ok(text.includes("Patient/mia") || text.includes('"id":"mia"'), "the copy is of the child");
  assert.doesNotMatch(text, /Patient\/elena|"id":"elena"|Sertraline/i, "and of nobody else");
  await press(who, page.getByRole("link", { name: "Change person" }));
  assert.equal(new URL(page.url()).pathname, "/people");

  // A form that stood open when the right ended makes nothing, least of all a copy of her own record.
  await page.goto(at(`${base}/copies/new`));
  await second.goto(at("/copies"));
  const copies = await second.locator("main").innerText();
  const [id] = command(house, "representative", "list", "--patient", "mia").split(/\s+/);
  command(house, "representative", "end", "--id", id, "--why", "a court's order (synthetic)");
  await press(who, "#copy-form button:not([formaction])");
  await expected(who, 404);
  await look(who, "parent-stale-form", { quick: true });
  assert.doesNotMatch(await page.locator("body").innerText(), /Mia/);
  await second.reload();
  assert.equal(await second.locator("main").innerText(), copies, "her own copies are as before");
  nothingWrong(who);
  await who.context.close();
});

test("una adolescente, su consulta confidencial y lo que ve su padre", LIMIT, async () => {
  const jordan = await visit({ language: "es" });
  await signIn(jordan, house.origin, "Jordan Ellis");
  await link(jordan, house.people.get("Jordan Ellis"));
  await find(jordan, house.origin, "", "chlamydia", "jordan-search");
  const hidden = await jordan.page.locator("main .lines a.title").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.ok(hidden.length > 0, "Jordan finds what is confidential");
  await open(jordan, at(hidden[0]), "jordan-item");
  await unfold(jordan);
  assert.match(await words(jordan), /Protección especial/, "and sees that it is specially protected");

  const parent = await visit({ language: "es" });
  const { page } = parent;
  await signIn(parent, house.origin, "Newton Ash");
  assert.equal(new URL(page.url()).pathname, "/link");
  // The page for one's own record takes this code too: nobody must know which page is meant.
  await page.locator('form[action="/link"] input[name="code"]').fill(appoint("jordan", "parent", "birth-certificate", "Newton Ash"));
  await press(parent, 'form[action="/link"] button');
  await look(parent, "father-people", { personal: true });
  await press(parent, 'main a[href^="/for/"]');
  const base = new URL(page.url()).pathname.replace(/\/home$/, "");
  await look(parent, "father-home", { personal: true });
  assert.match(await banner(parent), /Jordan Ellis/);
  await open(parent, at(`${base}/record`), "father-record");
  const shelves = await page.locator(".shelves a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  let seen = 0;
  for (const shelf of shelves) {
    await open(parent, at(shelf), `father-${shelf.split("/").at(-1)}`);
    seen += await page.locator("main .lines > li").count();
    assert.doesNotMatch(await words(parent), /chlamydia|azithromycin|confidential/i, shelf);
  }
  assert.ok(seen > 10, `${seen} items are for the father to see`);
  await find(parent, house.origin, base, "chlamydia", "father-search");
  assert.equal(await page.locator("main .lines > li").count(), 0);
  for (const path of hidden) {
    await open(parent, at(base + path), "father-typed-address", { status: 404 });
    assert.doesNotMatch(await words(parent), /chlamydia/i);
    await page.goto(at(path));
    assert.equal(new URL(page.url()).pathname, "/people", "without the address of acting there is no record of his own");
  }
  await open(parent, at(`${base}/record/not-here`), "father-not-here");
  assert.match(await words(parent), /parte/, "a parent learns that this is a part");

  // Jordan reads in the log who looked.
  await open(jordan, at("/access-log"), "jordan-log");
  assert.match(await words(jordan), /Newton Ash/);
  await open(jordan, at("/people"), "jordan-people");
  assert.match(await words(jordan), /Newton Ash/);
  // Nor does the log tell the father what Jordan looked at that is kept from him.
  const kept = shelves.includes(`${base}/record/labs`) ? [] : ["/home", "/access-log"];
  for (const path of kept) {
    await open(parent, at(base + path), `father-log${path.replaceAll("/", "-")}`);
    assert.doesNotMatch(await words(parent), /Resultados de laboratorio/, `${path} names a part that is empty for him`);
  }
  assert.equal(kept.length, 2, "the only lab result is confidential");
  nothingWrong(parent);
  nothingWrong(jordan);
  await parent.context.close();
  await jordan.context.close();
});

/** A claim with its paper, sent. */
async function claim(who, name, { kind, person, born, own }) {
  const { page } = who;
  await open(who, at("/people"), `${name}-people`);
  await press(who, 'main a[href="/people/claim"]');
  await look(who, `${name}-claim`, { personal: true, quick: true });
  // First without what is needed: nothing typed is lost.
  await page.locator("#person").fill(person);
  await press(who, 'form[action="/people/claims"] button');
  await look(who, `${name}-claim-wrong`, { quick: true });
  await expected(who, 422);
  assert.equal(await page.locator("#person").inputValue(), person);
  await page.locator("#kind").selectOption(kind);
  await page.locator("#birth_date").fill(born);
  await page.locator("#name").fill(own);
  await page.locator("#contact").fill("555-0133");
  await press(who, 'form[action="/people/claims"] button');
  const path = new URL(page.url()).pathname;
  assert.match(path, /^\/people\/claims\/[0-9a-f-]{36}$/);
  await look(who, `${name}-claim-sent`, { personal: true, quick: true });
  await page.locator("#paper").setInputFiles({ ...paper, buffer: Buffer.from("<html>no paper</html>") });
  await press(who, 'form[action$="/papers"] button');
  await look(who, `${name}-paper-wrong`, { quick: true });
  await expected(who, 422);
  await page.locator("#paper").setInputFiles(paper);
  await press(who, 'form[action$="/papers"] button');
  await look(who, `${name}-paper`, { personal: true, quick: true });
  assert.equal(await page.locator("main .lines > li").count(), 1, "the paper is there");
  return path;
}

/** Staff find a person: only whom they found can be chosen in a form. */
async function findPerson(who, patient) {
  const { page } = who;
  await page.goto(at("/staff/people"));
  for (const name of ["given", "family", "number"]) await page.locator(`#${name}`).fill(patient[name]);
  await press(who, 'form[action="/staff/people"] button');
  assert.equal(await page.locator("main .lines a.title").count(), 1, "the one of this number was found");
}

/** Chooses the one of those found whose line begins so. */
async function choose(page, line) {
  const lines = await page.locator("#patient option").allInnerTexts();
  const [one, ...more] = lines.filter((text) => line.test(text));
  assert.equal(more.length, 0, `${lines}`);
  await page.locator("#patient").selectOption({ label: one });
}

/** The line that is chosen. */
const chosen = (page) => page.locator("#patient option:checked").innerText();

/** The clerk finds the person, opens the claim that waits, sees the paper, and accepts. */
async function verify(clerk, name, { of, patient, proof }) {
  const { page } = clerk;
  const person = new RegExp(`^${patient.given} ${patient.family}`);
  await findPerson(clerk, patient);
  await open(clerk, at("/staff"), `${name}-desk`);
  await press(clerk, 'nav a[href="/staff/claims"]');
  await look(clerk, `${name}-claims`, { personal: true, quick: true });
  await press(clerk, page.locator("main .lines a.title", { hasText: of }));
  await look(clerk, `${name}-claim`, { personal: true });
  const sheet = await page.locator('a[href*="/papers/"]').getAttribute("href");
  const file = await ask(clerk, at(sheet));
  assert.equal(file.status(), 200);
  assert.deepEqual(await file.body(), paper.buffer, "the clerk gets the paper as it was sent");
  // Not without saying what was seen.
  await choose(page, person);
  await page.locator("#proof").selectOption(proof);
  await press(clerk, 'form[action$="/check"] button');
  await look(clerk, `${name}-claim-wrong`, { quick: true });
  await expected(clerk, 422);
  assert.match(await chosen(page), person);
  await page.locator("#note").fill("Original with seal, seen with a photo ID (synthetic)");
  await press(clerk, 'form[action$="/check"] button');
  // What was stated stands beside the record; both stated another birth date than the record has.
  await look(clerk, `${name}-claim-confirm`, { personal: true });
  assert.match(await page.locator("#name-compared").innerText(), /^(the same|igual)$/);
  assert.match(await page.locator("#birth-compared").innerText(), /^(not the same|no es igual)$/);
  await press(clerk, '#confirm button[name="back"]');
  assert.match(await chosen(page), person, "going back loses nothing");
  await press(clerk, 'form[action$="/check"] button');
  await press(clerk, "#confirm button:not([name])");
  await look(clerk, `${name}-claim-differs`, { quick: true });
  await expected(clerk, 422);
  await page.locator("#differs").fill("The papers name the day that the record has (synthetic)");
  await press(clerk, "#confirm button:not([name])");
  assert.match(new URL(page.url()).pathname, /^\/staff\/authorities\//);
  await look(clerk, `${name}-authority`, { personal: true });
  return new URL(page.url()).pathname;
}

test("the executor of an estate claims, the desk checks, the record opens", LIMIT, async () => {
  const daughter = await visit();
  const { page } = daughter;
  await signIn(daughter, house.origin, "Casey Monroe");
  const sent = await claim(daughter, "executor", {
    kind: "estate", person: "Walter Briggs", born: "1941-03-05", own: "Casey Monroe",
  });
  assert.match(await words(daughter), /has not answered yet/);
  const clerk = await visit();
  await signIn(clerk, house.origin, "Carla Reyes (synthetic)");
  await verify(clerk, "executor-desk", { of: "Casey Monroe", patient: patients.walter, proof: "testamentary" });

  await open(daughter, at(sent), "executor-accepted");
  assert.match(await words(daughter), /Accepted on/);
  await press(daughter, 'main a.button[href^="/people/"]');
  await look(daughter, "executor-right", { personal: true, quick: true });
  await press(daughter, 'main a.button[href^="/for/"]');
  await look(daughter, "executor-home", { personal: true });
  assert.match(await banner(daughter), /Walter Briggs[\s\S]*executor/);
  const base = new URL(page.url()).pathname.replace(/\/home$/, "");
  await open(daughter, at(`${base}/record`), "executor-record");
  assert.ok((await page.locator(".shelves a").count()) > 2);
  await press(daughter, ".shelves a");
  await look(daughter, "executor-category", { personal: true, quick: true });
  nothingWrong(daughter);
  nothingWrong(clerk);
  await daughter.context.close();
  await clerk.context.close();
});

test("una ayudante ve los medicamentos durante un mes, y la paciente lo termina", LIMIT, async () => {
  const rosa = await visit({ language: "es" });
  const { page } = rosa;
  await signIn(rosa, house.origin, "Rosa Maria Delgado");
  await link(rosa, house.people.get("Rosa Maria Delgado"));
  await open(rosa, at("/people"), "invite-none");
  await press(rosa, 'main a[href="/people/new"]');
  await look(rosa, "invite", { personal: true });
  await page.locator("#name").fill("Sam, mi amigo");
  await page.locator("#what-some").check();
  await page.locator("#categories-medicines").check();
  await page.locator("#span").selectOption("month");
  await press(rosa, 'button[formaction="/people/preview"]');
  await look(rosa, "invite-preview", { quick: true });
  const said = await page.locator("#preview").innerText();
  const [seen, all] = said.match(/Sam, mi amigo[^\d]*([\d.,\s]+) de ([\d.,]+)/)?.slice(1).map((n) => Number(n.replace(/[^\d]/g, ""))) ?? [];
  assert.ok(seen > 0 && all > 3 * seen, `the dry run counts: ${said}`);
  assert.equal(await page.locator("#name").inputValue(), "Sam, mi amigo");
  assert.ok(await page.locator("#categories-medicines").isChecked());
  await press(rosa, "#people-form button:not([formaction])");
  await look(rosa, "invite-code", { quick: true });
  const code = (await page.locator("#invitation-code").innerText()).trim();

  const sam = await visit({ language: "es" });
  await signIn(sam, house.origin, "Sam Whitfield");
  await open(sam, at("/people/code"), "helper-code");
  await enterCode(sam, code);
  await look(sam, "helper-people", { personal: true });
  await press(sam, 'main a[href^="/for/"]');
  const base = new URL(sam.page.url()).pathname.replace(/\/home$/, "");
  await look(sam, "helper-home", { personal: true });
  assert.match(await banner(sam), /Rosa Maria Delgado/);
  assert.equal(await sam.page.locator('a[href$="/copies/new"], a[href$="/copies"]').count(), 0, "no copy is offered");
  await open(sam, at(`${base}/record`), "helper-record");
  const shelves = await sam.page.locator(".shelves a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
  assert.deepEqual(shelves, [`${base}/record/medicines`], "medicines, and not where she lives");
  await open(sam, at(`${base}/record/medicines`), "helper-medicines");
  const item = await sam.page.locator("main .lines a.title").first().getAttribute("href");
  await open(sam, at(item), "helper-item");
  await open(sam, at(`${base}/record/labs`), "helper-labs", { status: 200, personal: false });
  assert.equal(await sam.page.locator("main .lines > li").count(), 0, "no lab result");
  await find(sam, house.origin, base, "glucose", "helper-search");
  assert.equal(await sam.page.locator("main .lines > li").count(), 0);
  await sam.page.goto(at(`${base}/copies/new`));
  await look(sam, "helper-copies", { quick: true });
  await expected(sam, 403);
  assert.equal(await sam.page.locator("#copy-form").count(), 0, "no copies");

  // She ends it; the page that is open before him leads nowhere any more, and says so.
  await sam.page.goto(at(`${base}/record/medicines`));
  await open(rosa, at("/people"), "invite-active");
  await press(rosa, "main .lines a.title");
  await look(rosa, "invite-one", { personal: true });
  await press(rosa, 'form[action$="/end"] button');
  await look(rosa, "invite-ended", { quick: true });
  await unfold(rosa);
  assert.match(await words(rosa), /Sam, mi amigo[\s\S]*Terminado por la persona/);
  await press(sam, "main .lines a.title");
  await look(sam, "helper-after-the-end", { quick: true });
  await expected(sam, 404);
  assert.doesNotMatch(await sam.page.locator("body").innerText(), /Delgado/);
  await press(sam, 'main a[href="/people"]');
  await look(sam, "helper-people-ended", { personal: true, quick: true });
  assert.equal(await sam.page.locator('main a[href^="/for/"]').count(), 0);
  await unfold(sam);
  assert.match(await words(sam), /Rosa Maria Delgado/, "he is told that it ended");
  nothingWrong(rosa);
  nothingWrong(sam);
  await rosa.context.close();
  await sam.context.close();
});

test("a power of attorney: the clerk verifies it, the privacy officer limits it", LIMIT, async () => {
  const agent = await visit({ language: "es" });
  await signIn(agent, house.origin, "Lucía Inés Peña Ortega");
  await claim(agent, "agent", { kind: "health-care-agent", person: "Sam Whitfield", born: "2001-01-01", own: "Lucía Peña" });
  const clerk = await visit({ language: "es" });
  await signIn(clerk, house.origin, "Carla Reyes (synthetic)");
  const path = await verify(clerk, "attorney-desk", { of: "Lucía", patient: patients.sam, proof: "power-of-attorney" });
  await open(agent, at("/people"), "agent-people");
  const base = (await agent.page.locator('main a[href^="/for/"]').getAttribute("href")).replace(/\/home$/, "");
  await open(agent, at(`${base}/record`), "agent-record");
  const before = await agent.page.locator(".shelves a").evaluateAll((all) => all.map((a) => a.getAttribute("href").split("/").at(-1)));
  assert.ok(before.includes("labs"), `${before}`);

  const officer = await visit();
  const { page } = officer;
  await signIn(officer, house.origin, "Grace Lindqvist (synthetic)");
  await findPerson(officer, patients.sam);
  await open(officer, at("/staff/authorities"), "officer-authorities");
  await choose(page, /^Sam Whitfield/);
  await press(officer, 'form[action="/staff/authorities"] button');
  await look(officer, "officer-found", { quick: true });
  await press(officer, "main .lines a.title");
  assert.equal(new URL(page.url()).pathname, path);
  await look(officer, "officer-authority", { personal: true });
  await page.locator("#act").selectOption("limit");
  await page.locator("#why").fill("Order of May 2 (synthetic)");
  await press(officer, 'form[action^="/staff/authorities/"] button');
  await look(officer, "officer-limit-wrong", { quick: true });
  await expected(officer, 422);
  assert.equal(await page.locator("#why").inputValue(), "Order of May 2 (synthetic)");
  await page.locator("#categories-labs").check();
  await press(officer, 'form[action^="/staff/authorities/"] button');
  await look(officer, "officer-limited", { personal: true });
  assert.match(await words(officer), /Order of May 2/);

  await open(agent, at(`${base}/record`), "agent-record-limited");
  const now = await agent.page.locator(".shelves a").evaluateAll((all) => all.map((a) => a.getAttribute("href").split("/").at(-1)));
  assert.deepEqual(now, before.filter((shelf) => shelf !== "labs"), "the limit counts at once");
  await open(agent, at("/people"), "agent-people-limited");
  assert.doesNotMatch(await words(agent), /Order of May 2/, "why is for staff");
  nothingWrong(agent);
  nothingWrong(clerk);
  nothingWrong(officer);
  for (const who of [agent, clerk, officer]) await who.context.close();
});
