// Where the screens are and how a newcomer gets to them: the one file to change when a route moves.

async function at(page, base, path) {
  await page.goto(new URL(path, base).href);
}

// The first link of a page whose address matches; null when there is none.
async function firstLink(page, base, path, pattern) {
  await at(page, base, path);
  for (const link of await page.locator("a[href]").all()) {
    const href = await link.getAttribute("href");
    const target = new URL(href, page.url());
    if (target.origin === new URL(base).origin && pattern.test(target.pathname)) return target.pathname;
  }
  return null;
}

// The demo lets its visitor in by itself; where it asks, it prints `sign in NAME PASSWORD` beside its address.
export async function signIn({ page, base, demo }) {
  await at(page, base, "/");
  const password = page.locator("input[type=password]");
  if ((await password.count()) === 0) return;
  const [, user, secret] = demo.output().match(/sign in (\S+) (\S+)/) ?? [];
  if (!user) throw new Error("the demo asks for a password and has printed none");
  await page.locator("input[type=email], input[name=email], input[name=user]").first().fill(user);
  await password.fill(secret);
  await password.press("Enter");
  await page.waitForURL((url) => !url.pathname.includes("sign-in"));
}

// The why page of the first patient's first workflow.
async function whyPage({ page, base }) {
  const patient = await firstLink(page, base, "/patients", /^\/patients\/[0-9a-f-]{36}$/);
  return patient && firstLink(page, base, patient, /^\/patients\/[0-9a-f-]{36}\/why\/[a-z0-9-]+$/);
}

// The form for the details of the first patient.
async function details({ page, base }) {
  const patient = await firstLink(page, base, "/patients", /^\/patients\/[0-9a-f-]{36}$/);
  return patient && `${patient}/details`;
}

export const places = [
  { name: "workflows", find: async () => "/workflows" },
  { name: "schematic", find: async () => "/workflows/schematic" },
  { name: "patients", find: async () => "/patients" },
  { name: "patient", find: ({ page, base }) => firstLink(page, base, "/patients", /^\/patients\/[0-9a-f-]{36}$/) },
  { name: "why", find: whyPage },
  { name: "details", find: details },
  { name: "workflow", find: async () => "/workflows/visit-reminder" },
  { name: "enrol-list", find: async () => "/workflows/check-in-call/enrol?join=all&field1=age&op1=%3E%3D&value1=40" },
  { name: "outcomes", find: async () => "/outcomes" },
  { name: "on-call", find: async () => "/settings/on-call" },
  { name: "today", find: async () => "/" },
  { name: "refused", find: async () => "/refused-messages" },
  { name: "interfaces", find: async () => "/interfaces" },
  { name: "imports", find: async () => "/imports" },
  { name: "library", find: async () => "/library" },
  { name: "library-exercise", find: async () => "/library/exercise/bridge" },
  { name: "library-article", find: async () => "/library/education/sleep" },
  { name: "library-form", find: async () => "/library/questionnaire/intake" },
  { name: "library-plan", find: async () => "/library/care-plan/knee-arthritis" },
  { name: "library-message", find: async () => "/library/message/visit-reminder" },
  { name: "library-notice", find: async () => "/library/notice" },
  { name: "new-patient", find: async () => "/patients/new" },
  { name: "mailbox", find: async () => "/demo/mailbox" },
];
