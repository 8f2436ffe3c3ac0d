// The desk books, moves, cancels and corrects a visit; the patient's page says what follows and why.
import { addPatient, logVisit } from "../desk.mjs";
import { signIn } from "../places.mjs";

export const name = "a moved visit moves its reminder, a cancelled one stops it, an arrival takes the missed-visit mail back";

// The demo's first morning is Monday, 2 March 2026.
const first = "2026-03-11";
const second = "2026-03-13";
const today = "2026-03-02";

async function expectText(page, selector, wanted, present = true) {
  const text = await page.locator(selector).innerText();
  if (text.includes(wanted) !== present) throw new Error(`${selector} ${present ? "lacks" : "still has"} “${wanted}”:\n${text}`);
}

const ahead = "section[aria-labelledby=ahead]";
const timeline = "section[aria-labelledby=thread]";

export async function run({ page, base, demo }) {
  await signIn({ page, base, demo });
  await addPatient({ page, base }, { given: "Nell", family: "Harrow", born: "1979-06-02", email: "nell@mail.example" });

  await logVisit(page, { date: first, time: "14:00", type: "follow_up" });
  await expectText(page, ahead, "Visit reminder");
  await expectText(page, ahead, "9 Mar 2026");

  await page.click("details.move summary");
  await page.fill("details.move [name=date]", second);
  await page.click("details.move button[type=submit]");
  await page.waitForLoadState();
  await expectText(page, ahead, "11 Mar 2026");
  await expectText(page, ahead, "9 Mar 2026", false);
  await expectText(page, timeline, "anchor_moved");

  await page.click("main form[action$='/cancellation'] button");
  await page.waitForLoadState();
  await expectText(page, ahead, "Visit reminder", false);
  await expectText(page, timeline, "anchor_cancelled");

  await logVisit(page, { date: today, time: "09:30", type: "follow_up" });
  await page.locator("main form[action$='/no-show'] button").first().click();
  await page.waitForLoadState();
  await expectText(page, ahead, "Missed visit");
  await page.locator("main form[action$='/arrival'] button").first().click();
  await page.waitForLoadState();
  await expectText(page, ahead, "Missed visit", false);
  await expectText(page, timeline, "state_corrected");
}
