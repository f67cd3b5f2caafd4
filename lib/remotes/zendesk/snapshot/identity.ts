import { createHash } from "node:crypto";
import packageJson from "../../../../package.json";
import type { ZendeskClient } from "../client.ts";
import type { FieldDefinition } from "../ports.ts";

/** Version of the format in which records are kept; another number when that changes. */
const FORM = 1;

/**
 * A digest of everything that the records of a list depend on beside Zendesk's own: which account it is (its host, and the definitions
 * of its fields, whose ids no other account has), who asks, what of a record is read, and by which version. A snapshot with another one
 * says nothing. Pure.
 *
 * @param settings whatever of the configuration may change how records are read
 */
export function identityOf(client: ZendeskClient, fields: readonly FieldDefinition[], settings: string): string {
  const { instance, host, credentialName, userMarkField } = client;
  const definitions = [...fields]
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ id = null, key, type, active, options }) => [id, key, type, active, options]);
  const parts = [FORM, packageJson.version, instance, host, credentialName, userMarkField, definitions, settings];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
