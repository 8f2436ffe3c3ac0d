// A patient's whole way on a phone without scripts: link, birth date, list, form, exercise, article; and what the desk sees.
import { addPatient, enrol, give, logVisit, moveClock, newestLink } from "../desk.mjs";
import { look } from "../look.mjs";
import { openPhone } from "../phone.mjs";
import { signIn } from "../places.mjs";

export const name = "a patient comes in by the link of a mail, answers, exercises and reads on a phone, in English and in Spanish";

const today = "2026-03-02";
const wrongTries = 5;
const manyTimes = 3;

const vera = { given: "Vera", family: "Lindqvist", born: "1961-11-23", email: "vera@mail.example" };
const ines = { given: "Inés", family: "Robledo", born: "1958-04-09", email: "ines@mail.example", language: "es" };
const notTheirs = "1970-01-01";

const english = { goOn: "Go on", next: "Next", send: "Send my answers", done: "Done", didRead: "I have read it" };
const spanish = { goOn: "Continuar", next: "Siguiente", send: "Enviar mis respuestas", done: "Hecho", didRead: "Ya lo leí" };

function expect(holds, words) {
  if (!holds) throw new Error(words);
}

async function expectWords(page, ...wanted) {
  const text = await page.locator("main").innerText();
  for (const words of wanted) expect(text.includes(words), `${new URL(page.url()).pathname} lacks “${words}”:\n${text}`);
}

async function expectAnswer(page, words, status, act) {
  const [response] = await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), act()]);
  expect(response.status() === status, `${words}: answered ${response.status()}, not ${status}`);
  await page.waitForLoadState();
}

const press = (page, words) => page.locator("main button").getByText(words, { exact: true }).click();

async function tryBirth(page, date, goOn) {
  await page.fill("main input[name=birth_date]", date);
  await press(page, goOn);
  await page.waitForLoadState();
}

// What a mail scanner does: it fetches whatever a mail links to, without a cookie.
async function scan(link) {
  for (let time = 0; time < manyTimes; time += 1) {
    for (const method of ["GET", "HEAD"]) {
      const { status } = await fetch(link, { method, redirect: "manual" });
      expect(status === 200, `${method} of the link answered ${status}, not 200`);
    }
  }
}

async function sendLink(desk, patient, { email }) {
  const before = await newestLink(desk, email);
  await enrol(desk, patient, "portal-link");
  await moveClock(desk, "+1 hour");
  const link = await newestLink(desk, email);
  expect(link !== null && link !== before, `no new mail with a link came to ${email}`);
  return link;
}

async function comeIn(page, link, patient, words) {
  await page.goto(link);
  await tryBirth(page, patient.born, words.goOn);
  expect(page.url().endsWith("/p/today"), `the right birth date leads to ${new URL(page.url()).pathname}, not to the list`);
}

async function open(page, base, title) {
  await page.goto(new URL("/p/today", base).href);
  await page.locator("main .todo").getByRole("link", { name: title, exact: true }).click();
  await page.waitForLoadState();
}

async function answerScale(page, number, words) {
  // At its edge: all of what looks like a button is one.
  await page.locator("main .check", { has: page.locator(`input[value="${number}"]`) }).click({ position: { x: 4, y: 4 } });
  await press(page, words.next);
  await page.waitForLoadState();
}

// Five wrong birth dates shut the door, also to the right one; an hour later the same link leads in.
async function theDoor({ desk, phone, link }) {
  const { page, look } = phone;
  await scan(link);
  await page.goto(link);
  await look("portal-door");
  await expectAnswer(page, "a wrong birth date", 400, () => tryBirth(page, notTheirs, english.goOn));
  await expectWords(page, "This is not the birth date we have", "call us");
  await look("portal-door-wrong");
  for (let tried = 1; tried < wrongTries; tried += 1) await tryBirth(page, notTheirs, english.goOn);
  await page.goto(link);
  await expectWords(page, "wait an hour, or call us");
  expect((await page.locator("input[name=birth_date]").count()) === 0, "a shut door still asks for a birth date");
  await look("portal-door-shut");
  await moveClock(desk, "+1 hour");
  await scan(link);
  await comeIn(page, link, vera, english);
}

// Left in the middle and gone on with after a new link: what was said is there, and what cannot be is refused.
async function theForm({ desk, phone, patient, base }) {
  const { page, look } = phone;
  await open(page, base, "What is hard for you");
  await look("portal-question-words");
  await expectAnswer(page, "an empty answer", 400, () => press(page, english.next));
  await expectWords(page, "Please answer this question.");
  await page.fill("main [name=answer]", "climb the stairs");
  await press(page, english.next);
  await page.waitForLoadState();
  await expectWords(page, "climb the stairs", "How well can you do this now?");
  await look("portal-question-scale");
  await answerScale(page, 3, english);

  await page.locator("header").getByText("Leave", { exact: true }).click();
  await page.waitForLoadState();
  await expectWords(page, "You have left");
  await look("portal-left");
  await page.goto(new URL("/p/today", base).href);
  await expectWords(page, "Your page is closed");
  await look("portal-outside");
  await comeIn(page, await sendLink(desk, patient, vera), vera, english);
  await expectWords(page, "begun");
  await open(page, base, "What is hard for you");
  await expectWords(page, "Name another thing that is hard for you.");
  for (const [activity, rating] of [["lift my grandchild", 5], ["sit through a film", 6]]) {
    await page.fill("main [name=answer]", activity);
    await press(page, english.next);
    await page.waitForLoadState();
    await answerScale(page, rating, english);
  }
  await page.click("main button[name=skip]");
  await page.waitForLoadState();
  await expectWords(page, "climb the stairs", "3", "lift my grandchild", "5", "sit through a film", "6");
  await look("portal-review");
  await press(page, english.send);
  await expectWords(page, "Thank you");
  await look("portal-thanks");
}

async function theImpossible({ phone, base }) {
  const { page, look } = phone;
  await open(page, base, "How normal is it today");
  await page.fill("main [name=answer]", "140");
  await press(page, english.next);
  const stopped = await page.locator("main input:invalid").count();
  expect(stopped === 1, "the browser itself does not stop 140 of 100");
  // Who gets past the browser is stopped by the server.
  await page.locator("main form").evaluate((form) => (form.noValidate = true));
  await expectAnswer(page, "140 of 100", 400, () => press(page, english.next));
  const card = page.locator("main form", { has: page.locator("[name=answer]") });
  const words = await card.innerText();
  expect(words.includes("Please write a number up to 100."), `the field does not say what is wrong:\n${words}`);
  expect((await page.inputValue("main [name=answer]")) === "140", "what was typed is gone");
  await look("portal-refused");
  await page.fill("main [name=answer]", "60");
  await press(page, english.next);
  await press(page, english.send);
  await expectWords(page, "Thank you");
}

async function theExercise({ phone, base, words, title, name: shot }) {
  const { page, look } = phone;
  await open(page, base, title);
  const pictures = page.locator("main figure svg[role=img]");
  expect((await pictures.count()) === 2, `${title} shows ${await pictures.count()} pictures, not 2`);
  const said = await pictures.evaluateAll((all) => all.map((svg) => svg.querySelector("desc")?.textContent ?? ""));
  expect(said.every((alt) => alt.length > 20) && said[0] !== said[1], `pictures without words of their own: ${said.join(" | ")}`);
  await look(`${shot}-exercise`);
  await press(page, words.done);
  await page.goto(new URL("/p/today", base).href);
  const entry = page.locator(".todo li", { hasText: title });
  expect(await entry.evaluate((li) => li.className === "done"), `${title} has no mark after “${words.done}”`);
  return said;
}

async function theArticle({ phone, base, words, title, name: shot }) {
  const { page, look } = phone;
  await open(page, base, title);
  expect((await page.locator("main article").innerText()).length > 500, `${title} has hardly any words`);
  await look(`${shot}-article`);
  await press(page, words.didRead);
  await page.goto(new URL("/p/today", base).href);
  await page.locator(".todo li.done", { hasText: title }).waitFor();
}

async function givePain(pain) {
  await give(pain.desk, pain.patient, "questionnaire/pain");
  await answerPain(pain);
}

async function answerPain({ phone, base, words, title, number }) {
  await open(phone.page, base, title);
  await answerScale(phone.page, number, words);
  await press(phone.page, words.send);
}

// Baseline and a change that matters, on the patient's page of the desk.
async function theScore({ desk, phone, patient, base, faults }) {
  const pain = { desk, phone, patient, base, words: english, title: "Pain now" };
  // The care plan brought it along.
  await answerPain({ ...pain, number: 7 });
  await moveClock(desk, "+1 day");
  await givePain({ ...pain, number: 3 });
  await desk.page.goto(new URL(patient, base).href);
  const outcomes = await desk.page.locator("section[aria-labelledby=outcomes]").innerText();
  for (const words of ["Baseline 7", "Latest 3", "Change matters", "Now: "]) {
    expect(outcomes.includes(words), `the outcomes lack “${words}”:\n${outcomes}`);
  }
  faults.push(...(await look({ page: desk.page, base, path: patient, name: "patient-outcomes" })));
}

async function inEnglish({ desk, phone, base, faults }) {
  const patient = await addPatient(desk, vera);
  await logVisit(desk.page, { state: "arrived", date: today, time: "07:00", type: "initial_evaluation" });
  for (const content of ["questionnaire/patient-specific", "questionnaire/sane", "care-plan/knee-arthritis", "education/sleep"]) {
    await give(desk, patient, content);
  }
  const link = await sendLink(desk, patient, vera);
  await theDoor({ desk, phone, link });
  await expectWords(phone.page, "Hello, Vera", "What is hard for you", "Exercises today", "To read");
  await phone.look("portal-list");
  await theForm({ desk, phone, patient, base });
  await theImpossible({ phone, base });
  await theExercise({ phone, base, words: english, title: "Sit to stand", name: "portal" });
  await theArticle({ phone, base, words: english, title: "Sleep well with pain", name: "portal" });
  await theScore({ desk, phone, patient, base, faults });
  await phone.page.goto(new URL("/p/today", base).href);
  await phone.look("portal-list-done");
  // The first link is used up now: in a browser that is not in, it offers a new one.
  await phone.page.locator("header").getByText("Leave", { exact: true }).click();
  await phone.page.goto(link);
  await expectWords(phone.page, "This link was used before", "Send me a new link");
  await phone.look("portal-door-used");
}

async function inSpanish({ desk, phone, base }) {
  const patient = await addPatient(desk, ines);
  await give(desk, patient, "exercise/sit-to-stand");
  await give(desk, patient, "education/sleep");
  await comeIn(phone.page, await sendLink(desk, patient, ines), ines, spanish);
  expect((await phone.page.locator("html").getAttribute("lang")) === "es", "the list is not in Spanish");
  await expectWords(phone.page, "Hola, Inés", "Ejercicios de hoy", "Para leer");
  await phone.look("portal-es-list");
  const here = { phone, base, words: spanish, name: "portal-es" };
  await theExercise({ ...here, title: "Pararse de la silla" });
  await theArticle({ ...here, title: "Dormir bien con dolor" });
  await givePain({ desk, phone, patient, base, words: spanish, title: "Dolor actual", number: 4 });
  await expectWords(phone.page, "Gracias");
}

export async function run({ browser, page, base, demo, watched }) {
  const desk = { page, base };
  await signIn({ page, base, demo });
  const faults = [];
  for (const way of [inEnglish, inSpanish]) {
    const phone = await openPhone({ browser, watched, faults });
    // A step that fails does not hide what was seen before it.
    await way({ desk, phone, base, faults }).catch((error) => faults.unshift(error.message));
    await phone.close();
  }
  if (faults.length > 0) throw new Error([...new Set(faults)].join("\n"));
}
