import type * as v from "valibot";
import type { ArtifactFolder } from "./artifact-folder.ts";
import { parseManifest } from "./parse-artifact.ts";

/** The manifests of a folder. What was read or written is remembered as long as its file stays as it was: most are asked for by every stage. */
export class ManifestFiles {
  readonly #known = new Map<string, { stamp: string; manifest: unknown }>();

  constructor(private readonly folder: ArtifactFolder) {}

  /** Null where there is none. Throws as `parseManifest`. */
  async read<T>(name: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
    const stamp = await this.folder.stampOf(name);
    if (stamp === null) return null;
    const known = this.#known.get(name);
    if (known?.stamp === stamp) return known.manifest as T;
    return this.folder.withFile(name, async (file) => {
      const manifest = parseManifest(name, schema, await file.bytes());
      this.#known.set(name, { stamp: file.stamp, manifest });
      return manifest;
    });
  }

  /** Writes a manifest; with it everything that was written to the folder before lasts through a power failure. */
  async write<T>(name: string, schema: v.GenericSchema<unknown, T>, manifest: T): Promise<void> {
    this.forget(name);
    const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    await this.folder.replace(name, bytes);
    await this.folder.sync();
    const stamp = await this.folder.stampOf(name);
    if (stamp !== null) this.#known.set(name, { stamp, manifest: parseManifest(name, schema, bytes) });
  }

  forget(name: string): void {
    this.#known.delete(name);
  }
}
