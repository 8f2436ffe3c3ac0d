// A patient's phone: 390 wide, scripts off. Each page that is shown can be judged as it stands, also one that refuses.
import { mkdirSync } from "node:fs";
import { axeFaults, shots, themes, tooWide, widths } from "./look.mjs";

const size = { width: 390, height: 844 };
const smallest = 24;
const mainButton = 44;

// Which controls a finger misses: the middle of each must be surrounded by itself or by its label.
function missed({ smallest, mainButton }) {
  const faults = [];
  const words = (el) => (el.innerText || el.labels?.[0]?.innerText || el.name || el.tagName).trim().slice(0, 40);
  for (const el of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    el.scrollIntoView({ block: "center" });
    const box = el.getBoundingClientRect();
    const own = [el, ...(el.labels ?? [])];
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const reach = smallest / 2 - 1;
    const corners = [[-reach, -reach], [reach, -reach], [-reach, reach], [reach, reach]];
    const hits = corners.every(([x, y]) => {
      const there = document.elementFromPoint(middle.x + x, middle.y + y);
      return there && own.some((part) => part.contains(there));
    });
    if (!hits) faults.push(`“${words(el)}” is smaller than ${smallest} px to a finger`);
    if (el.matches("button.primary, .button") && box.height < mainButton) {
      faults.push(`“${words(el)}” is ${Math.round(box.height)} px high, less than ${mainButton}`);
    }
  }
  return faults;
}

export async function openPhone({ browser, watched, faults }) {
  const context = await browser.newContext({ locale: "en-US", viewport: size, javaScriptEnabled: false });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  watched(page, { refusals: true });

  // axe needs scripts: it gets what the phone shows, on a page of its own.
  const desk = await browser.newContext({ locale: "en-US", viewport: size });
  const glass = await desk.newPage();
  watched(glass);

  // Pictures of the page in both themes, also as wide as on a desk; what is wrong with it goes to the faults.
  async function look(name) {
    mkdirSync(shots, { recursive: true });
    const url = page.url();
    const body = await page.content();
    await glass.route(url, (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8" }));
    for (const [shown, theme] of widths.flatMap((shown) => themes.map((theme) => [shown, theme]))) {
      const where = `${name} (${shown.width}, ${theme})`;
      const tell = (found) => faults.push(...found.map((fault) => `${where}: ${fault}`));
      for (const side of [page, glass]) {
        await side.setViewportSize(shown);
        await side.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      }
      await page.screenshot({ path: `${shots}${name}-${shown.width}-${theme}.png`, fullPage: true });
      await glass.goto(url);
      tell(await axeFaults(glass));
      const over = await tooWide(page);
      if (over > 0) tell([`${over} px wider than the screen`]);
    }
    await page.setViewportSize(size);
    await glass.unroute(url);
    const headings = await page.locator("h1").count();
    if (headings !== 1) faults.push(`${name}: ${headings} headings of the first rank`);
    faults.push(...(await page.evaluate(missed, { smallest, mainButton })).map((fault) => `${name}: ${fault}`));
  }

  async function close() {
    await context.close();
    await desk.close();
  }

  return { page, look, close };
}
