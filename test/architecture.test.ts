import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Glob } from "bun";
import { STAGES } from "../bin/stages.ts";
import { roomCircles, valueImports } from "./support/architecture/room-circles.ts";

const root = join(import.meta.dir, "..");
const files = [...new Glob("{actions,bin,bot,lib,page,sandbox,scripts,test}/**/*.{ts,tsx}").scanSync(root)].sort();
const text = (file: string) => readFileSync(join(root, file), "utf8");
const isTest = (file: string) => /\.test\.ts$|^(?:sandbox\/)?test\//.test(file);

/** What a file imports, types included: paths of ours from the root, packages by name. */
function importsOf(file: string): string[] {
  const specifiers = [...text(file).matchAll(/(?:from\s+|import\(\s*|import\s+)"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) =>
    specifier.startsWith(".") ? relative(root, join(root, dirname(file), specifier)) : specifier,
  );
}

/** Packages that a file imports by value. */
function packagesOf(code: string): string[] {
  const named = code.matchAll(
    /^(?:import|export)\s+(?!type\b)[^;"']*?\bfrom\s+"([^."][^"]*)"|import\("([^."][^"]*)"\)/gm,
  );
  return [...named].flatMap(([, one, other]) => {
    const name = one ?? other ?? "";
    if (/^(?:node:|bun$|bun:)/.test(name)) return [];
    return [
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    ];
  });
}

/** Every import from files matching one pattern to what matches another. */
function imports(from: RegExp, to: RegExp): string[] {
  return files
    .filter((file) => from.test(file) && !isTest(file))
    .flatMap((file) => importsOf(file).flatMap((imported) => (to.test(imported) ? [`${file} → ${imported}`] : [])));
}

describe("who may know whom", () => {
  test("the scan sees type-only imports too", () => {
    expect(importsOf("lib/domain/decision.ts")).toContain("lib/domain/account.ts");
  });

  test("no action imports another action", () => {
    const crossing = files
      .filter((file) => file.startsWith("actions/") && !isTest(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => imported.startsWith("actions/") && imported.split("/")[1] !== file.split("/")[1])
          .map((imported) => `${file} → ${imported}`),
      );
    expect(crossing).toEqual([]);
  });

  test("lib/domain imports nothing of ours but itself, and nothing that does I/O", () => {
    expect(imports(/^lib\/domain\//, /^(?!lib\/domain\/|valibot$|fastest-levenshtein$)/)).toEqual([]);
  });

  test("product code imports nothing of test/, and no folder of it holds test support", () => {
    expect(imports(/^(?:actions|bin|bot|lib|page|sandbox)\//, /^test\//)).toEqual([]);
    expect(files.filter((file) => /^(?:actions|bin|bot|lib|page)\/.*testing\//.test(file))).toEqual([]);
  });

  test("lib never imports actions, bin, bot, page or sandbox", () => {
    expect(imports(/^lib\//, /^(?:actions|bin|bot|page|sandbox|scripts|test)\//)).toEqual([]);
  });

  test("page, which runs in a browser, knows of ours only what a page is made of, and nobody imports it", () => {
    const shared =
      /^lib\/report\/(?:model|page\/(?:format|labels|person-of-row))\.ts$|^lib\/text\/shell-word\.ts$|^lib\/explain\/document\.ts$|^lib\/audit\/render-audit\.ts$/;
    const others = imports(/^page\//, /^(?!page\/|preact(?:\/hooks)?$|@tanstack\/virtual-core$)/);
    expect(others.filter((line) => !shared.test(line.split(" → ")[1] ?? ""))).toEqual([]);
    expect(imports(/^(?!page\/)/, /^page\//)).toEqual([]);
    expect(
      files.filter((file) => /^page\//.test(file) && !isTest(file) && /\b(?:Bun|process)\./.test(text(file))),
    ).toEqual([]);
  });

  test("the sandbox imports nothing of ours: a fake on our own schemas would share our mistakes", () => {
    expect(imports(/^sandbox\//, /^(?:actions|bin|bot|lib|scripts|test)\//)).toEqual([]);
    const tests = files
      .filter((file) => file.startsWith("sandbox/") && isTest(file))
      .flatMap((file) => importsOf(file).filter((imported) => /^(?:actions|bin|bot|lib)\//.test(imported)));
    expect(tests).toEqual([]);
  });

  test("each package imports what it declares: the product nothing of the sandbox's, and no tool of tests", () => {
    const declared = (manifest: string) => new Set(Object.keys(JSON.parse(text(manifest)).dependencies));
    const strangers = (from: RegExp, known: ReadonlySet<string>) =>
      files
        .filter((file) => from.test(file) && !isTest(file))
        .flatMap((file) => packagesOf(text(file)).flatMap((name) => (known.has(name) ? [] : [`${file} → ${name}`])));
    expect(strangers(/^(?:actions|bin|bot|lib)\//, declared("package.json"))).toEqual([]);
    expect(strangers(/^sandbox\//, declared("sandbox/package.json"))).toEqual([]);
    const own = [...declared("sandbox/package.json")].filter((name) => declared("package.json").has(name));
    expect(own).toEqual(["hono", "yaml"]);
  });

  test("only two commands start the sandbox, and neither is in the program that runs against customers", () => {
    expect(imports(/^(?:actions|bin|bot|lib|page)\//, /^sandbox\//).map((line) => line.split(" → ")[0])).toSatisfy(
      (from: (string | undefined)[]) =>
        from.every((file = "") => /^bin\/(?:start-sandbox|commands\/(?:demo|sandbox)-command)\.ts$/.test(file)),
    );
    const loading = imports(/./, /^bin\/(?:start-sandbox|commands\/(?:demo|sandbox)-command)\.ts$/);
    const outside = loading.filter((line) => !/^bin\/commands\/(?:demo|sandbox)-command/.test(line));
    expect(outside.map((line) => line.split(" → ")[0])).toEqual(["bin/sandbox-commands.ts", "bin/sandbox-commands.ts"]);
  });

  test("whoever starts the sandbox gives it the fields of this program (bin/start-sandbox.ts)", () => {
    const starting = files.filter(
      (file) =>
        !file.startsWith("sandbox/") &&
        /import \{[^}]*\bstartSandbox\b[^}]*\} from ".*sandbox\/start\.ts"/.test(text(file)),
    );
    expect(starting).toEqual(["bin/start-sandbox.ts"]);
  });

  test("only what wires remotes together makes a writer", () => {
    const makers = imports(/./, /^lib\/remotes\/zendesk\/(?:write|planned)\.ts$/).filter(
      (line) => !line.startsWith("lib/remotes/zendesk/"),
    );
    expect(makers.map((line) => line.split(" → ")[0])).toEqual([
      "bin/commands/run-stages.ts",
      ...makers.slice(1).map(() => "lib/pipeline/remotes.ts"),
    ]);
  });

  test("stages that only read cannot get a writer", () => {
    for (const stage of ["gather-accounts", "gather-orgs", "process", "compare"])
      expect(text(`actions/${stage}/main.ts`)).toContain("writes: false");
    for (const stage of ["sync", "partner-sync", "user-sync"])
      expect(text(`actions/${stage}/main.ts`)).toContain("writes: true");
  });
});

describe("rooms need each other in one direction", () => {
  test("no circle of folders or files, at any level; tests apart, test support included", () => {
    const imports = files
      .filter((file) => !/\.(?:test|deep)\.tsx?$/.test(file))
      .flatMap((file) => valueImports(file, text(file)));
    expect(imports.length).toBeGreaterThan(2000);
    expect(roomCircles(imports)).toEqual([]);
  });

  test("a circle of two folders is found through other files, and told with what makes it", () => {
    const needs = (from: string, to: string) => ({ from, to });
    const circles = roomCircles([
      needs("lib/a/one.ts", "lib/b/two.ts"),
      needs("lib/b/three.ts", "lib/a/deeper/four.ts"),
      needs("lib/c/five.ts", "lib/a/one.ts"),
      needs("lib/a/one.ts", "lib/d/six.ts"),
    ]);
    expect(circles).toEqual([
      "lib: a needs b (lib/a/one.ts → lib/b/two.ts)",
      "lib: b needs a (lib/b/three.ts → lib/a/deeper/four.ts)",
    ]);
    expect(roomCircles([needs("lib/a/one.ts", "lib/a/in/two.ts"), needs("lib/a/in/two.ts", "lib/a/three.ts")])).toEqual(
      [],
    );
  });

  test.each<[string, string[]]>([
    ['import { a } from "./a.ts";', ["lib/x/a.ts"]],
    ['import { type A, a } from "../a.ts";', ["lib/a.ts"]],
    ['import type { A } from "./a.ts";', []],
    ['import { type A, type B } from "./a.ts";', []],
    ['export { a } from "./a.ts";', ["lib/x/a.ts"]],
    ['export type { A } from "./a.ts";', []],
    ['import "./a.ts";', ["lib/x/a.ts"]],
    ['const { a } = await import("./a.ts");', ["lib/x/a.ts"]],
    ['const a = () => import("./a.ts");', ["lib/x/a.ts"]],
    ['let a: import("./a.ts").A;', []],
    ['new Worker(new URL("./a.ts", import.meta.url))', ["lib/x/a.ts"]],
    ['/* import { a } from "./a.ts"; */', []],
  ])("%s", (code, imported) => {
    expect(valueImports("lib/x/file.ts", code).map(({ to }) => to)).toEqual(imported);
  });
});

describe("what must not spread", () => {
  const uses = (pattern: RegExp, allowed: RegExp) =>
    files.filter(
      (file) =>
        !isTest(file) && !/^(?:scripts|sandbox)\//.test(file) && !allowed.test(file) && pattern.test(text(file)),
    );

  test("the environment is read at the edge only", () => {
    expect(
      uses(
        /process\.env/,
        /^bin\/zdsync\.ts$|^bot\/app\.ts$|^lib\/pipeline\/run-action\.ts$|^lib\/report\/terminal\/output\.ts$/,
      ),
    ).toEqual([]);
  });

  const RENDERERS = "reasonText|whatText|reasonsText|refusalText|messageOf|titleOf";
  /** Code that looks at a sentence: a text of ours compared, searched or taken apart. */
  const LOOKS_AT_PROSE: readonly RegExp[] = [
    /\b(?:reason|message|what|remedy)\??\s*[!=]==?\s*["'`]/,
    /["'`]\s*[!=]==?\s*[\w.?]*\b(?:reason|message|what|remedy)\b/,
    /\.(?:reason|message|what|remedy)\s*[!=]==\s*\w+\.(?:reason|message|what|remedy)\b/,
    /\b(?:reason|message|what|remedy)\??\.(?:startsWith|endsWith|includes|indexOf|match|matchAll|search)\(/,
    /\.(?:test|exec)\(\s*[\w.?]*\b(?:reason|message|what|remedy)\b/,
    new RegExp(
      `\\b(?:${RENDERERS})\\([^()]*\\)\\s*(?:[!=]==|\\.(?:startsWith|endsWith|includes|match|search|split)\\()`,
    ),
    /error:\||warning:\|/,
  ];

  test("no code looks at a sentence: reasons are codes, and only the adapter for older files reads texts", () => {
    for (const example of [
      'if (result.reason === "created")',
      'left.filter(({ what }) => what.startsWith("lacks"))',
      "due.filter((one) => one.reason === other.reason)",
      "UNKNOWN_REASON.exec(reason)",
      "/scope/.test(problem.what)",
      'reasonText(one).includes("gone")',
      "/^(?:error:|warning:)/.test(text)",
    ])
      expect({ example, found: LOOKS_AT_PROSE.some((pattern) => pattern.test(example)) }).toEqual({
        example,
        found: true,
      });
    // What a remote said is no sentence of ours: its codes are taken out of it there.
    const allowed =
      /^lib\/storage\/artifacts\/legacy-reason\.ts$|^lib\/remotes\/salesforce\/(?:login|request-errors)\.ts$|^lib\/remotes\/slack\/slack-errors\.ts$/;
    expect(LOOKS_AT_PROSE.flatMap((pattern) => uses(pattern, allowed))).toEqual([]);
    expect(imports(/./, /^lib\/storage\/artifacts\/legacy-reason\.ts$/)).toEqual([
      "lib/storage/artifacts/reason-record.ts → lib/storage/artifacts/legacy-reason.ts",
    ]);
  });

  test("decisions and outcomes are told by code: no sentence is made where they are made", () => {
    const elsewhere = /^(?!lib\/(?:domain|sync|undo|changesets|storage\/runs|remotes\/zendesk|pipeline)\/|actions\/)/;
    expect(uses(/\breason: ["`]/, elsewhere)).toEqual([]);
    expect(uses(/new RefusedError\(/, /^lib\/reasons\/refused\.ts$/)).toEqual([]);
  });

  test("nothing but the output prints, and the question at a terminal", () => {
    expect(uses(/console\./, /^$/)).toEqual([]);
    expect(
      uses(
        /process\.std(?:out|err)/,
        /^lib\/edges\/machine\.ts$|^lib\/report\/terminal\/person\.ts$|^bin\/commands\/sandbox-command\.ts$|^bin\/zdsync\.ts$/,
      ),
    ).toEqual([]);
  });

  test("B3: files are written in one place, which writes them whole", () => {
    const writing =
      /\b(?:writeFile|writeFileSync|copyFile|createWriteStream|appendFileSync)\b|Bun\.write\(|write-file-atomic/;
    expect(uses(writing, /^lib\/storage\/files\/write-whole-file\.ts$/)).toEqual([]);
  });

  test("an instance's host, own field and names have one home", () => {
    expect(uses(/config\.hosts\.(?:global|us_government)/, /^lib\/doctor\/placeholders\.ts$/)).toEqual([]);
    expect(uses(/Record<InstanceName, string> = \{/, /^lib\/domain\/instance\.ts$/)).toEqual([]);
    expect(uses(/PARTNER_ACCOUNT_TYPES\b.*\.includes/, /^lib\/domain\/organization\.ts$/)).toEqual([]);
  });

  test("dry runs are decided in one place", () => {
    expect(uses(/if \([^)]*dryRun/, /^$/)).toEqual([]);
    expect(
      uses(
        /dryRun \?/,
        /^lib\/pipeline\/remotes\.ts$|^lib\/remotes\/slack\/render-notices\.ts$|^lib\/pipeline\/session\.ts$|^lib\/report\/terminal\/summary\.ts$|^lib\/report\/junit\.ts$|^lib\/pipeline\/dry-run-results\.ts$|^bin\/commands\/pipeline-summary\.ts$|^bot\/runs\//,
      ),
    ).toEqual([]);
  });

  test("no utils, helpers or managers; no default exports but the bot's fetch handler", () => {
    expect(files.filter((file) => /util|helper|manager/i.test(file))).toEqual([]);
    expect(files.filter((file) => /^export default /m.test(text(file)))).toEqual(["bot/app.ts"]);
  });
});

describe("every stage has its folder", () => {
  for (const stage of Object.keys(STAGES)) {
    test(`${stage}: inputs, entry and generated action.yml`, () => {
      for (const file of ["inputs.ts", "main.ts", "action.yml"])
        expect(text(`actions/${stage}/${file}`).length).toBeGreaterThan(50);
      expect(text(`actions/${stage}/main.ts`).split("\n").length).toBeLessThanOrEqual(90);
    });
  }

  test("there is no folder without a stage", () => {
    const folders = new Set(files.filter((file) => file.startsWith("actions/")).map((file) => file.split("/")[1]));
    expect([...folders].sort()).toEqual(Object.keys(STAGES).sort());
  });
});

describe("files stay readable", () => {
  test("no file of ours is longer than 300 lines, tests apart", () => {
    expect(files.filter((file) => !isTest(file) && text(file).split("\n").length > 300)).toEqual([]);
  });
});

/* What a program reaches through lib/edges/ alone can be simulated: time, chance, files, the process and the network. */

const ours = files.filter(
  (file) => /^(?:actions|bin|bot|lib)\//.test(file) && !isTest(file) && !/^lib\/edges\//.test(file),
);

/** The world outside, and how code reaches it around the edges. */
const AROUND: Record<string, readonly RegExp[]> = {
  time: [
    /\bDate\.now\b/,
    /\bnew Date\(\)/,
    /\bperformance\.now\b/,
    /\b(?:setTimeout|setInterval|setImmediate)\b/,
    /"node:timers(?:\/promises)?"/,
    /\bBun\.sleep/,
    /\bAbortSignal\.timeout\b/,
  ],
  chance: [
    /\bMath\.random\b/,
    /import \{[^}]*\brandom\w+[^}]*\} from "(?:node:)?crypto"/,
    /\bcrypto\.(?:random|getRandom|subtle)/,
    /\bBun\.randomUUID/,
  ],
  files: [
    // Types and constants do nothing.
    /(?<!^import (?:type \{[^}]*\}|\{ constants \}) from )"(?:node:)?fs(?:\/promises)?"/m,
    /\bBun\.(?:file|write)\b/,
    /\bnew Database\b|import (?!type )[^;]*"bun:sqlite"/,
  ],
  process: [
    /(?<![.\w])process\.(?:pid|ppid|kill|on|once|off|exit|abort|emit|addListener)\b/,
    /\bimport \{[^}]*\bhostname\b[^}]*\} from "(?:node:)?os"/,
    /"node:process"/,
  ],
  network: [
    /(?<![.\w])fetch\(/,
    /\bglobalThis\.fetch\b/,
    /[=?(,:]\s*fetch\s*[,;)}]/,
    /\bBun\.(?:connect|fetch|serve)\b/,
    /\bnew WebSocket\b|"node:(?:http|https|net|tls|dns)"/,
  ],
  // What another thread or program does ends when it ends, not when the clock says so.
  others: [
    /\bBun\.spawn|"node:child_process"/,
    /\bnew Worker\b/,
    /\b(?:deflate|inflate|deflateRaw|inflateRaw|gzip|gunzip|brotliCompress|brotliDecompress|zstdCompress|zstdDecompress)\(/,
  ],
};

/** Who may, each for its reason. */
const EXCEPTIONS: Record<string, Record<string, string>> = {
  process: {
    "bin/commands/bot-command.ts":
      "rejections that nobody handles are of the whole process; a bot that is simulated is made without it",
  },
  network: {
    "bot/serve.ts": "listens on a port; without one, the bot is asked by bot.app.fetch",
    "bot/settings.ts": "isIP looks at a text",
  },
  others: {
    "bot/organizations/explain-thread.ts": "reads large files beside the bot's clicks, and answers with data",
    "bot/runs/child.ts": "starts runs as programs of their own; a simulated bot gets another runner",
  },
};

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[\s;{}(])\/\/.*$/gm, "$1");
}

function reaching(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(withoutComments(text)));
}

describe("the world outside is reached through lib/edges/ alone", () => {
  test.each(Object.entries(AROUND))("%s", (world, patterns) => {
    const found = ours.filter((file) => reaching(patterns, text(file)));
    // Both ways: an exception that is needed no longer goes, too.
    expect(found).toEqual(Object.keys(EXCEPTIONS[world] ?? {}).sort());
  });

  test("one function sends over HTTP, Slack's clients through it, too", () => {
    expect(
      ours.filter((file) =>
        reaching([/\bedges\(\)\s*\.\s*fetch\b/, /\{[^}]*\bfetch\b[^}]*\} = edges\(\)/], text(file)),
      ),
    ).toEqual(["lib/remotes/http/exchange.ts"]);
  });

  test.each<[keyof typeof AROUND, string]>([
    ["time", "const begun = Date.now();"],
    ["time", "clock: () => new Date()"],
    ["time", 'import { setTimeout as sleepFor } from "node:timers/promises";'],
    ["time", "const { sleep = Bun.sleep } = deps;"],
    ["time", "signal: AbortSignal.timeout(10)"],
    ["chance", "const { random = Math.random } = deps;"],
    ["chance", 'import { createHash, randomBytes } from "node:crypto";'],
    ["chance", "crypto.randomUUID()"],
    ["files", 'import { readFile } from "node:fs/promises";'],
    ["files", 'import { constants, lstatSync } from "node:fs";'],
    ["files", 'const { rm } = await import("node:fs/promises");'],
    ["files", "await Bun.file(path).text()"],
    ["files", 'import { Database } from "bun:sqlite";'],
    ["process", "if (pid === process.pid) return;"],
    ["process", 'import { hostname } from "node:os";'],
    ["network", "const response = await fetch(url);"],
    ["network", "const { fetch: send = fetch } = options;"],
    ["network", "await globalThis.fetch(input, init)"],
    ["others", "await deflateRaw(bytes)"],
  ])("%s is seen in: %s", (world, code) => {
    expect(reaching(AROUND[world] ?? [], code)).toBe(true);
  });

  test.each([
    'import type { FileHandle } from "node:fs/promises";',
    'import { constants } from "node:fs";',
    'import type { Database } from "bun:sqlite";',
    "const at = new Date(now());",
    "// fetch(url) would take the token along",
    "edges().process.pid; bot.app.fetch(request); typeof fetch",
    'import { randomBytes } from "../edges/chance.ts";',
    "deflateRawSync(bytes)",
  ])("no edge is gone around in: %s", (code) => {
    expect(Object.values(AROUND).filter((patterns) => reaching(patterns, code))).toEqual([]);
  });
});
