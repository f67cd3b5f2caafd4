import * as v from "valibot";
import type { SourceField } from "./source-field.ts";

/** A person who may ask for support: an address, and a name where one is known. */
export interface SoldTo {
  name: string | null;
  email: string;
}

/** The shape of a sold-to contact in artifacts. */
export const SoldToSchema = v.object({ name: v.nullable(v.string()), email: v.string() });

const optionalText = v.nullable(v.string());

/** The sold-to contact behind a lookup (A2 `sold_to`): null without an address. */
export function soldTo(lookup: string): SourceField<SoldTo | null> {
  const read = v.transform(([name, email]: [string | null, string | null]): SoldTo | null => {
    const address = email?.trim() ?? "";
    return address === "" ? null : { name: name?.trim() || null, email: address };
  });
  return {
    fields: [`${lookup}.Name`, `${lookup}.Email`],
    wire: v.pipe(v.tuple([optionalText, optionalText]), read),
    artifact: v.nullable(SoldToSchema),
  };
}
