import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Glob } from "bun";
import { STAGES } from "../bin/stages.ts";

const root = join(import.meta.dir, "..");
const files = [...new Glob("{actions,bin,bot,lib,page,sandbox,scripts,test}/**/*.{ts,tsx}").scanSync(root)].sort();
const text = (file: string) => readFileSync(join(root, file), "utf8");
const isTest = (file: string) => /\.test\.ts$|\/testing\//.test(file) || /^(?:test|page\/chromium)\//.test(file);

/** What a file imports, types included: paths of ours from the root, packages by name. */
function importsOf(file: string): string[] {
  const specifiers = [...text(file).matchAll(/(?:from\s+|import\(\s*|import\s+)"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) =>
    specifier.startsWith(".") ? relative(root, join(root, dirname(file), specifier)) : specifier,
  );
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

  test("lib never imports actions, bin, bot, page or sandbox", () => {
    expect(imports(/^lib\//, /^(?:actions|bin|bot|page|sandbox|scripts|test)\//)).toEqual([]);
  });

  test("page, which runs in a browser, knows of ours only what a page is made of, and nobody imports it", () => {
    const shared =
      /^lib\/report\/(?:model|page\/(?:format|words))\.ts$|^lib\/explain\/document\.ts$|^lib\/audit\/render-audit\.ts$/;
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

  test("whoever starts the sandbox gives it the fields of this program (bin/start-sandbox.ts)", () => {
    const starting = files.filter(
      (file) =>
        !file.startsWith("sandbox/") &&
        /import \{[^}]*\bstartSandbox\b[^}]*\} from ".*sandbox\/start\.ts"/.test(text(file)),
    );
    expect(starting).toEqual(["bin/start-sandbox.ts"]);
  });

  test("only what wires remotes together makes a writer", () => {
    const makers = imports(/./, /^lib\/zendesk\/(?:write|planned)\.ts$/).filter(
      (line) => !line.startsWith("lib/zendesk/"),
    );
    expect(makers.map((line) => line.split(" → ")[0])).toEqual([
      "bin/commands/run-stages.ts",
      ...makers.slice(1).map(() => "lib/stage/remotes.ts"),
    ]);
  });

  test("stages that only read cannot get a writer", () => {
    for (const stage of ["gather-accounts", "gather-orgs", "process", "compare"])
      expect(text(`actions/${stage}/main.ts`)).toContain("writes: false");
    for (const stage of ["sync", "partner-sync", "user-sync"])
      expect(text(`actions/${stage}/main.ts`)).toContain("writes: true");
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
      uses(/process\.env/, /^bin\/zdsync\.ts$|^bot\/app\.ts$|^lib\/stage\/run-action\.ts$|^lib\/terminal\/output\.ts$/),
    ).toEqual([]);
  });

  test("the clock is read at the edge only", () => {
    expect(
      uses(
        /Date\.now\(|new Date\(\)/,
        /^lib\/edges\/machine\.ts$|^bin\/program\.ts$|^bot\/app\.ts$|^lib\/stage\/(?:run-action|run-lock)\.ts$|^lib\/(?:gitlab|salesforce|slack|zendesk)\//,
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
      /^lib\/artifacts\/legacy-reason\.ts$|^lib\/salesforce\/(?:login|request-errors)\.ts$|^lib\/slack\/slack-errors\.ts$/;
    expect(LOOKS_AT_PROSE.flatMap((pattern) => uses(pattern, allowed))).toEqual([]);
    expect(imports(/./, /^lib\/artifacts\/legacy-reason\.ts$/)).toEqual([
      "lib/artifacts/reason-record.ts → lib/artifacts/legacy-reason.ts",
    ]);
  });

  test("decisions and outcomes are told by code: no sentence is made where they are made", () => {
    const elsewhere = /^(?!lib\/(?:domain|sync|undo|changesets|runs|zendesk|stage)\/|actions\/)/;
    expect(uses(/\breason: ["`]/, elsewhere)).toEqual([]);
    expect(uses(/new RefusedError\(/, /^lib\/explain\/refused\.ts$/)).toEqual([]);
  });

  test("nothing but the output prints, and the question at a terminal", () => {
    expect(uses(/console\./, /^$/)).toEqual([]);
    expect(
      uses(
        /process\.std(?:out|err)/,
        /^lib\/edges\/machine\.ts$|^lib\/terminal\/person\.ts$|^bin\/commands\/sandbox-command\.ts$|^bin\/zdsync\.ts$/,
      ),
    ).toEqual([]);
  });

  test("B3: files are written in one place, which writes them whole", () => {
    const writing =
      /\b(?:writeFile|writeFileSync|copyFile|createWriteStream|appendFileSync)\b|Bun\.write\(|write-file-atomic/;
    expect(uses(writing, /^lib\/files\/write-whole-file\.ts$/)).toEqual([]);
  });

  test("dry runs are decided in one place", () => {
    expect(uses(/if \([^)]*dryRun/, /^$/)).toEqual([]);
    expect(
      uses(
        /dryRun \?/,
        /^lib\/stage\/remotes\.ts$|^lib\/slack\/render-notices\.ts$|^lib\/stage\/session\.ts$|^lib\/terminal\/summary\.ts$|^lib\/report\/junit\.ts$|^lib\/stage\/dry-run-results\.ts$|^bin\/commands\/pipeline-summary\.ts$|^bot\/runs\//,
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
