// Every screen that a newcomer opens: at two widths, in light and dark, without one accessibility fault.
import { look } from "../look.mjs";
import { places, signIn } from "../places.mjs";

export const name = "every screen is readable on a desk and on a phone, in light and in dark";

export async function run({ page, base, demo }) {
  await signIn({ page, base, demo });
  const faults = [];
  for (const place of places) {
    const path = await place.find({ page, base });
    if (path === null) {
      faults.push(`${place.name}: no link leads there`);
      continue;
    }
    faults.push(...(await look({ page, base, path, name: place.name })));
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
}
