import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import packageJson from "../package.json";

/**
 * The image of a release, by digest. Components of a version must name an image that is known when its commit is tagged, so a release
 * is two commits: the first has the version, and the default branch's pipeline builds its image; the second pins that image's digest.
 *
 *   bun scripts/release-image.ts pin sha256:…    writes released-image.json; then `bun run generate`
 *   bun scripts/release-image.ts check 1.2.3     in the tag's pipeline: prints the digest, or says why this must not be released
 */
const ROOT = join(import.meta.dir, "..");
const PINNED = "released-image.json";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Contents of `released-image.json`. */
export interface ReleasedImage {
  version: string;
  /** Null until the version's image is built. */
  digest: string | null;
}

/**
 * Images that a pipeline or a Dockerfile names without a digest, each once. Variables are not looked into: images of the project's own
 * registry are built in the same pipeline.
 */
export function unpinnedImages(ciYaml: string, dockerfile: string): string[] {
  const images = new Set<string>();
  const visit = (value: unknown) => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (/^(?:image|services|\w+_IMAGE)$/.test(key)) for (const name of namesIn(inner)) images.add(name);
      visit(inner);
    }
  };
  visit(parse(ciYaml));
  const stages = new Set([...dockerfile.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, name = ""]) => name));
  for (const [, name = ""] of dockerfile.matchAll(/^(?:ARG \w+_IMAGE=|FROM )(\S+)/gm))
    if (!stages.has(name)) images.add(name);
  return [...images].filter((name) => !name.includes("$") && !/@sha256:[0-9a-f]{64}$/.test(name)).sort();
}

function namesIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  const name = typeof value === "object" && value !== null && "name" in value ? value.name : null;
  return typeof name === "string" ? [name] : [];
}

/** Facts by which a release is judged. */
export interface ReleaseFacts {
  /** The git tag. */
  tag: string;
  /** `CI_COMMIT_REF_PROTECTED` */
  isProtected: boolean;
  released: ReleasedImage;
  unpinned: readonly string[];
}

/** Every reason why a tag must not be released, each with what to do; none where it may be. */
export function releaseProblems({ tag, isProtected, released, unpinned }: ReleaseFacts): string[] {
  return [
    ...(isProtected
      ? []
      : [
          `The tag ${tag} is not protected. Protect tags (Settings > Repository > Protected tags: *), delete it, tag again.`,
        ]),
    ...(released.version === tag && released.digest !== null
      ? []
      : [
          `${PINNED} pins no image for ${tag} (version ${released.version}, digest ${released.digest ?? "none"}). Take the digest from ` +
            "the job keep-image of the version's commit: bun scripts/release-image.ts pin sha256:…, bun run generate, commit, tag that commit.",
        ]),
    ...unpinned.map(
      (image) =>
        `${image} has no digest. On a machine that reaches its registry, \`docker buildx imagetools inspect ${image}\` prints it (the line Digest); ` +
        `write ${image}@sha256:… into ${image.startsWith("oven/bun:") ? ".gitlab-ci.yml (.images: bun) and the Dockerfile (ARG BUN_IMAGE)" : ".gitlab-ci.yml (.images)"}.`,
    ),
  ];
}

/** The new content of `released-image.json`. @throws where it is no digest */
export function pinnedImage(version: string, digest: string): string {
  if (!DIGEST.test(digest)) throw new Error(`"${digest}" is not a digest: expected sha256: and 64 hexadecimal digits`);
  return `${JSON.stringify({ version, digest } satisfies ReleasedImage, null, 2)}\n`;
}

async function check(tag: string): Promise<string> {
  const read = (file: string) => readFile(join(ROOT, file), "utf8");
  const released: ReleasedImage = JSON.parse(await read(PINNED));
  const unpinned = unpinnedImages(await read(".gitlab-ci.yml"), await read("Dockerfile"));
  const isProtected = process.env.CI_COMMIT_REF_PROTECTED === "true";
  const problems = releaseProblems({ tag, isProtected, released, unpinned });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return released.digest ?? "";
}

if (import.meta.main) {
  const [command, argument = ""] = process.argv.slice(2);
  try {
    if (command === "check") console.log(await check(argument));
    else if (command === "pin") await writeFile(join(ROOT, PINNED), pinnedImage(packageJson.version, argument));
    else throw new Error("expected: pin sha256:… or check VERSION");
  } catch (error) {
    console.error(error instanceof Error ? error.message.replaceAll(/^/gm, "error: ") : error);
    process.exitCode = 1;
  }
}
