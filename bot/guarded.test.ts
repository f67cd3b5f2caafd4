import { expect, test } from "bun:test";
import type { Reply } from "./conversation.ts";
import { guarded } from "./guarded.ts";

test("who asked gets a sentence although the failure cannot be recorded", async () => {
  const answers: unknown[] = [];
  const warned: string[] = [];
  const logs = {
    audit: {
      record() {
        throw new Error("the database is damaged");
      },
    },
    clock: () => new Date(0),
    warn: (message: string) => void warned.push(message),
  };
  const reply = { privately: async (message: unknown) => void answers.push(message) } as unknown as Reply;
  const by = { team: "T1", channel: "C1", user: "U1" };
  await guarded(logs, { what: "run", by }, reply, async () => {
    throw new Error("the database is damaged");
  });
  expect(answers).toHaveLength(1);
  expect(warned).toEqual([
    expect.stringMatching(/^run failed: /),
    expect.stringMatching(/^the failure of run is not in the audit log: /),
  ]);
});
