// Drives the demo clinic in Debian's Chromium. Each file in checks/ is one check; they run in the order of their names.
// `node run.mjs` runs all of them, `node run.mjs look` those with "look" in the file name.
import { readdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { startDemo } from "./demo.mjs";

const browserArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// What no page may do, whatever the check is about: fail on the server, throw in a script, call another machine. A browser
// calls every answer of 400 and more an error; `refusals`: the check provokes such answers and looks at them itself.
function watch(page, base, faults, { refusals = false } = {}) {
  const home = new URL(base).origin;
  page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    if (refusals && /the server responded with a status of 4\d\d/.test(message.text())) return;
    faults.push(`console: ${message.text()} ${message.location().url ?? ""}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== home) faults.push(`call to another machine: ${url.origin}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} from ${new URL(response.url()).pathname}`);
  });
}

async function runCheck(check, { browser, demo }) {
  const context = await browser.newContext({ locale: "en-US" });
  const faults = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const watched = (other, how) => watch(other, demo.base, faults, how);
    watched(page);
    await check.run({ browser, page, base: demo.base, demo, watched });
  } catch (error) {
    faults.unshift(error.message);
  } finally {
    await context.close();
  }
  return [...new Set(faults)];
}

async function main() {
  const wanted = process.argv[2] ?? "";
  const files = readdirSync(new URL("./checks/", import.meta.url))
    .filter((file) => file.endsWith(".mjs") && file.includes(wanted))
    .sort();
  const checks = await Promise.all(files.map((file) => import(`./checks/${file}`)));

  let passed = 0;
  let failed = 0;
  const tell = (name, faults) => {
    if (faults.length === 0) passed += 1;
    else failed += 1;
    console.log(`${faults.length === 0 ? "  ok  " : "FAILED"} ${name}`);
    for (const fault of faults) console.log(`       ${fault.replaceAll("\n", "\n       ")}`);
  };

  const demo = await startDemo();
  try {
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: browserArgs });
    for (const check of checks) tell(check.name, await runCheck(check, { browser, demo }));
    await browser.close();
  } finally {
    const how = await demo.stop();
    tell("the demo stops when it is told to", how === 0 ? [] : [`it ended with ${how}`]);
  }
  console.log(`browser: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
