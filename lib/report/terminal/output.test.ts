import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { redactor } from "./output.ts";

describe("redactor", () => {
  test("replaces every occurrence of every secret", () => {
    const clean = redactor(["first-secret", "other-secret"]);
    expect(clean("a first-secret, other-secret and first-secret")).toBe("a [secret], [secret] and [secret]");
  });

  test("of a secret that begins like another, nothing is left over", () => {
    expect(redactor(["abcdefgh", "abcdefgh-and-more"])("abcdefgh-and-more abcdefgh")).toBe("[secret] [secret]");
  });

  test("a secret is taken literally, not as a pattern", () => {
    expect(redactor(["a.c$&(x)+"])("abc$&(x)+ a.c$&(x)+")).toBe("abc$&(x)+ [secret]");
  });

  test("also where it stands in JSON", () => {
    const key = '-----BEGIN "KEY"-----\nabc\n-----END-----';
    expect(redactor([key])(JSON.stringify({ key }))).toBe('{"key":"[secret]"}');
    expect(redactor([key])(key)).toBe("[secret]");
  });

  test("without secrets, text stays as it is", () => {
    expect(redactor([])("text")).toBe("text");
  });
});

test("B6: a secret that was obtained after the output was made is in neither", async () => {
  const module = (name: string) => JSON.stringify(join(import.meta.dir, name));
  const script = `const { processOutput } = await import(${module("output.ts")});
    const { hideFromOutput } = await import(${module("../../settings/runtime-secrets.ts")});
    const output = processOutput([], false); hideFromOutput("token-of-now"); hideFromOutput("short");
    output.out("result token-of-now"); output.err("said token-of-now, short");`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  expect(await child.stdout.text()).toBe("result [secret]\n");
  expect(await child.stderr.text()).toBe("said [secret], short\n");
});

test("processOutput: results to stdout, words for people to stderr, secrets in neither; not live without a terminal", async () => {
  const script = `const { processOutput } = await import(${JSON.stringify(join(import.meta.dir, "output.ts"))});
    const output = processOutput(["c0nfidential"], false);
    output.out("result c0nfidential"); output.err("said c0nfidential " + output.live);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  expect(await child.stdout.text()).toBe("result [secret]\n");
  expect(await child.stderr.text()).toBe("said [secret] false\n");
});
