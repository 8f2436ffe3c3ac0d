// What the desk of the demo clinic does in more than one check.

const at = (base, path) => new URL(path, base).href;

// Returns where the new patient's page is.
export async function addPatient({ page, base }, { given, family, born, email, language }) {
  await page.goto(at(base, "/patients/new"));
  for (const [field, value] of Object.entries({ given, family, birth_date: born, email })) {
    await page.fill(`main [name=${field}]`, value);
  }
  await page.locator("main [name=sex]").selectOption("female");
  await page.locator("main [name=language]").selectOption(language ?? "en");
  await page.locator("main [name=location]").selectOption({ label: "Lakeview" });
  await page.click("main button.primary[type=submit]");
  await page.waitForURL(/\/patients\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname;
}

export async function logVisit(page, { state = "planned", date, time, type }) {
  await page.click("summary:has-text('Log a visit by hand')");
  const form = page.locator("form:has(button:has-text('Log the visit'))");
  await form.locator("[name=state]").selectOption(state);
  await form.locator("[name=date]").fill(date);
  await form.locator("[name=time]").fill(time);
  await form.locator("[name=location]").selectOption({ label: "Lakeview" });
  await form.locator("[name=visit_type]").selectOption(type);
  await form.locator("button[type=submit]").click();
  await page.waitForLoadState();
}

export async function give({ page, base }, patient, content) {
  await page.goto(at(base, `${patient}/assignments/new`));
  await page.selectOption("select[name=content]", content);
  await page.click("main button.primary[type=submit]");
  await page.waitForURL((url) => url.pathname === patient);
}

export async function enrol({ page, base }, patient, workflow) {
  await page.goto(at(base, patient));
  const form = page.locator("form[action$='/enrolments']:has(select[name=workflow])");
  await page.locator("details", { has: form }).locator("summary").first().click();
  await form.locator("[name=workflow]").selectOption(workflow);
  await form.locator("button[type=submit]").click();
  await page.waitForLoadState();
}

// `step` as the button says it: "+1 hour", "+1 day", "+1 week".
export async function moveClock({ page, base }, step) {
  await page.goto(at(base, "/"));
  await page.click(`form[action='/demo/clock'] button:has-text("${step}")`);
  await page.waitForLoadState();
  // While the clock moves, the page says so and does not change by itself.
  while ((await page.locator(".demo-busy").count()) > 0) await page.reload();
}

// The link into the portal in the newest mail to this address; null while there is none.
export async function newestLink({ page, base }, address) {
  await page.goto(at(base, "/demo/mailbox"));
  const mails = page.locator(".mails a", { hasText: address });
  for (const mail of await mails.evaluateAll((links) => links.map((link) => link.href))) {
    await page.goto(mail);
    const text = await page.locator(".mail-text").textContent();
    const [link] = text.match(/https?:\/\/\S+\/p\/open\/[\w.-]+/) ?? [];
    if (link) return link;
  }
  return null;
}
