import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { STAGES } from "../../bin/stages.ts";
import packageJson from "../../package.json";
import { unpinnedImages } from "../../scripts/release-image.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { LocalProject, localGitLab } from "./local-gitlab.ts";
import { ROOT } from "./programs.ts";

/** The project's own .gitlab-ci.yml: what a branch and what a tag run; and its tests of the components at this commit. */
setDefaultTimeout(RUN_TIMEOUT);

const BRANCH = { source: "push" };
const MERGE_REQUEST = { source: "merge_request_event" };
const MAIN = { source: "push", variables: { CI_COMMIT_REF_PROTECTED: "true" } };
const TAG = { source: "push", variables: { CI_COMMIT_TAG: "1.2.3", CI_COMMIT_REF_PROTECTED: "true" } };
const text = await readFile(join(ROOT, ".gitlab-ci.yml"), "utf8");

let folder = "";
let project: LocalProject;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-own-"));
  const files: Record<string, string> = { ".gitlab-ci.yml": text };
  for (const stage of Object.keys(STAGES)) {
    const template = `templates/${stage}/template.yml`;
    files[template] = await readFile(join(ROOT, template), "utf8");
  }
  project = await LocalProject.create(await localGitLab(folder), "support/zdsync-fork", files, {});
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the project's own pipeline", () => {
  test("checks, builds and tests every component on a branch; a version's tag is released, too", async () => {
    const branch = await project.list(BRANCH);
    for (const job of ["check", "bundle", "build-image"]) expect(branch).toContain(job);
    for (const stage of Object.keys(STAGES))
      expect(branch.filter((job) => job.startsWith(`zdsync-${stage}`)).length).toBeGreaterThan(0);
    const tag = await project.list(TAG);
    expect(tag.filter((job) => !branch.includes(job)).sort()).toEqual(["create-release", "tag-image"]);
    expect(branch.filter((job) => !tag.includes(job))).toEqual([]);
  });

  test("the release: by the keyword, with the changelog's notes, after everything else, under the version's tag", async () => {
    const merged = parse(await project.preview(TAG));
    const release = merged["create-release"];
    expect(release.release).toMatchObject({ tag_name: "$CI_COMMIT_TAG", description: "release-notes.md" });
    expect(release.needs.map((need: string | { job: string }) => (typeof need === "string" ? need : need.job))).toEqual(
      expect.arrayContaining(["check", "bundle", "build-image", "tag-image"]),
    );
    for (const judge of ["release-notes.ts", "release-image.ts check"])
      expect(merged.bundle.script.join("\n")).toContain(`bun scripts/${judge} "$CI_COMMIT_TAG"`);
    expect(merged["tag-image"].script.join("\n")).toContain('"$CI_REGISTRY_IMAGE:$CI_COMMIT_TAG"');
    expect(release.script.join("\n")).toContain('"$(cat released-digest)"');
  });

  test("a merge request's pipeline pushes nowhere but to the repository for tests; releases are pushed by protected refs", async () => {
    const pushes = async (start: typeof MERGE_REQUEST) => {
      const merged = parse(await project.preview(start));
      return (await project.list(start)).flatMap((job) =>
        (merged[job].script as string[]).filter((line) => /docker push|-image\.sh/.test(line)),
      );
    };
    expect(await pushes(MERGE_REQUEST)).toEqual(["scripts/build-image.sh"]);
    expect(await project.list(BRANCH)).not.toContain("keep-image");
    const [, kept] = await pushes(MAIN);
    expect(kept).toBe(
      'scripts/copy-image.sh "$CI_REGISTRY_IMAGE/test" "$(cat image-digest)" "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"',
    );
    expect((await pushes(TAG)).sort()).toEqual([
      "scripts/build-image.sh",
      'scripts/copy-image.sh "$CI_REGISTRY_IMAGE" "$(cat released-digest)" "$CI_REGISTRY_IMAGE:$CI_COMMIT_TAG"',
      'scripts/copy-image.sh "$CI_REGISTRY_IMAGE/test/trying" "$(cat trying-digest)" "$CI_REGISTRY_IMAGE/trying:$CI_COMMIT_TAG"',
    ]);
  });

  test("every image is named by digest, in one place, and no variable can replace it; Bun's waits for its digest", async () => {
    const dockerfile = await readFile(join(ROOT, "Dockerfile"), "utf8");
    const bun = `oven/bun:${packageJson.engines.bun}-slim`;
    // Its digest could not be looked up where this was written, and is not invented: until it is filled in, no tag is released.
    expect(unpinnedImages(text, dockerfile).filter((image) => image !== bun)).toEqual([]);
    const { ".images": images } = parse(text);
    expect(images.bun).toMatch(new RegExp(`^${bun}(?:@sha256:[0-9a-f]{64})?$`));
    expect(dockerfile).toContain(`ARG BUN_IMAGE=${images.bun}\n`);
    for (const image of Object.values<string>(images)) expect(text.split(image)).toHaveLength(2);
    expect(text.match(/^\s+image: \$(?!CI_REGISTRY_IMAGE)/gm)).toBeNull();
  });

  test("its component tests run, each with a sandbox of its own", async () => {
    const jobs = ["zdsync-gather-accounts", "zdsync-gather-orgs-us-government"];
    const gathered = await project.run(BRANCH, ...jobs);
    expect(gathered.printed.match(/^ PASS {2}\S+/gm)?.length).toBe(2);
    const written = await project.run(BRANCH, "zdsync-user-sync");
    expect(written.printed).toContain(" PASS  zdsync-user-sync");
    expect(written.printed).toMatch(/outcome +done/);
  });
});
