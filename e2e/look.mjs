// One screen, looked at four times: two widths, two themes. Returns what is wrong with it, in words.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const shots = fileURLToPath(new URL("./shots/", import.meta.url));

export const widths = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];
export const themes = ["light", "dark"];

// The rules of WCAG 2.2 AA that a machine can judge.
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function axeFaults(page) {
  // Evaluated by the debugger and not added as a script, so that a strict Content-Security-Policy stays in force.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }),
    axeTags,
  );
  return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).join(", ")})`);
}

export async function tooWide(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

export async function look({ page, base, path, name }) {
  const faults = [];
  mkdirSync(shots, { recursive: true });
  for (const size of widths) {
    for (const theme of themes) {
      const where = `${name} (${size.width}, ${theme})`;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      const response = await page.goto(new URL(path, base).href);
      if (!response.ok()) {
        faults.push(`${where}: ${path} answered ${response.status()}`);
        continue;
      }
      await page.screenshot({ path: `${shots}${name}-${size.width}-${theme}.png`, fullPage: true });
      faults.push(...(await axeFaults(page)).map((fault) => `${where}: ${fault}`));
      const over = await tooWide(page);
      if (over > 0) faults.push(`${where}: ${over} px wider than the screen`);
    }
  }
  return faults;
}
