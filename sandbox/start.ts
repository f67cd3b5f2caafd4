import { serveApp } from "./server/serve.ts";
import { createSandbox, type RunningSandbox, type SandboxServices, SERVICE_NAMES } from "./services.ts";
import type { Sandbox, SandboxOptions } from "./types.ts";

export type { RunningSandbox };

/**
 * Starts the five services on 127.0.0.1, seeded, and answers how to use them.
 *
 * @throws RangeError for a world that cannot be built; Error where a port is taken (nothing is left running then)
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  // The services are made before it is known where they are served.
  const urls: Sandbox["urls"] = { salesforce: "", global: "", "us-government": "", gitlab: "", slack: "" };
  const { apps, controls } = createSandbox(options, urls);
  const stop = await serveAll(apps, urls, options.port ?? 0);
  return Object.defineProperties({ stop } as RunningSandbox, Object.getOwnPropertyDescriptors(controls()));
}

/** Serves all, on five ports in a row or on any free ones, and says where in `urls`. @returns how to stop them */
async function serveAll(
  apps: SandboxServices["apps"],
  urls: Sandbox["urls"],
  firstPort: number,
): Promise<() => Promise<void>> {
  const running: Array<() => Promise<void>> = [];
  const stop = async () => {
    await Promise.all(running.splice(0).map((stopOne) => stopOne()));
  };
  try {
    for (const [index, name] of SERVICE_NAMES.entries()) {
      const port = firstPort === 0 ? 0 : firstPort + index;
      const served = await serveApp({ ...apps[name], port });
      running.push(served.stop);
      urls[name] = served.url;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
