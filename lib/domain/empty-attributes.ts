import * as v from "valibot";
import type { Account } from "./account.ts";
import { ATTRIBUTES } from "./attributes.ts";

/** Every attribute as it is read where Salesforce has nothing; those that must be there are left out. What cases and examples begin with, so that a new attribute needs no line of its own there. */
export function emptyAttributes(): Account {
  const attributes: Record<string, unknown> = {};
  for (const [name, { from }] of Object.entries(ATTRIBUTES)) {
    const read = v.safeParse(
      from.wire,
      from.fields.map(() => null),
    );
    if (read.success) attributes[name] = read.output;
  }
  return attributes as Account;
}
