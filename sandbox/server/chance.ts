import { randomBytes } from "node:crypto";

/** Where tokens, locators and ids of the sandbox come from: so many bytes. */
export type SandboxBytes = (length: number) => Buffer;

/** What nobody can guess; what a sandbox has whose starter did not say otherwise. */
export const unguessable: SandboxBytes = (length) => randomBytes(length);

/** An id in the form of a UUID of version 4. */
export function uuid(bytes: SandboxBytes): string {
  const drawn = bytes(16);
  drawn[6] = ((drawn[6] ?? 0) & 0x0f) | 0x40;
  drawn[8] = ((drawn[8] ?? 0) & 0x3f) | 0x80;
  return drawn.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
