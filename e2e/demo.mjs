// Starts the demo clinic in a data directory of its own and stops it again.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const binary = process.env.STEPWELL_BIN ?? join(target, "debug", "stepwell");

const startWithin = 120_000;
const stopWithin = 30_000;

export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), "stepwell-e2e-"));
  // Started as root, the private PostgreSQL runs as another user, who has to get through to its own folder.
  chmodSync(folder, 0o755);
  const args = ["demo", "--listen", "127.0.0.1:0", "--data-dir", join(folder, "data")];
  const child = spawn(binary, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const closed = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ?? code));
  });

  let text = "";
  const base = new Promise((resolve, reject) => {
    const hear = (chunk) => {
      text += chunk;
      const found = text.match(/open (http:\/\/\S+)/);
      if (found) resolve(found[1]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    closed.then((how) => reject(new Error(`the demo ended (${how}) before it printed its address:\n${text}`)));
    setTimeout(() => reject(new Error(`the demo printed no address in time:\n${text}`)), startWithin).unref();
  });

  // Resolves to how it ended: 0 is right, anything else a fault.
  const stop = async () => {
    child.kill("SIGINT");
    const late = setTimeout(() => child.kill("SIGKILL"), stopWithin);
    const how = await closed;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
    return how;
  };

  try {
    return { base: await base, output: () => text, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
