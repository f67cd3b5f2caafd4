import { describe, expect, test } from "bun:test";
import { imageName } from "./component-inputs.ts";
import { pinnedImage, releaseProblems, unpinnedImages } from "./release-image.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;

describe("the image of a release", () => {
  test("components name it by digest, once it is pinned for their own version", () => {
    const name = "registry.gitlab.com/zdsync/zdsync:1.2.3";
    expect(imageName("1.2.3", { version: "1.2.3", digest: DIGEST })).toBe(`${name}@${DIGEST}`);
    expect(imageName("1.2.3", { version: "1.2.2", digest: DIGEST })).toBe(name);
    expect(imageName("1.2.3", { version: "1.2.3", digest: null })).toBe(name);
  });

  test("only a digest can be pinned", () => {
    expect(JSON.parse(pinnedImage("1.2.3", DIGEST))).toEqual({ version: "1.2.3", digest: DIGEST });
    for (const wrong of ["", "latest", DIGEST.toUpperCase(), `${DIGEST}0`, `x@${DIGEST}`])
      expect(() => pinnedImage("1.2.3", wrong)).toThrow("is not a digest: expected sha256: and 64");
  });
});

describe("a tag is not released", () => {
  const facts = {
    tag: "1.2.3",
    isProtected: true,
    released: { version: "1.2.3", digest: DIGEST as string | null },
    unpinned: [] as string[],
  };

  test("while it is not protected, no image is pinned for it, or the pipeline uses an image without digest: each is named", () => {
    expect(releaseProblems(facts)).toEqual([]);
    const problems = releaseProblems({
      tag: "1.2.3",
      isProtected: false,
      released: { version: "1.2.3", digest: null },
      unpinned: ["oven/bun:1.4.5-slim"],
    });
    expect(problems).toEqual([
      expect.stringMatching(/^The tag 1\.2\.3 is not protected\. Protect tags/),
      expect.stringMatching(/pins no image for 1\.2\.3 .* bun scripts\/release-image\.ts pin sha256:…/),
      expect.stringMatching(
        /^oven\/bun:1\.4\.5-slim has no digest\. .*docker buildx imagetools inspect .*\.images: bun.*ARG BUN_IMAGE/,
      ),
    ]);
  });

  test("with the image of another version", () => {
    expect(releaseProblems({ ...facts, released: { version: "1.2.2", digest: DIGEST } })).toHaveLength(1);
  });
});

describe("images without digest", () => {
  test("are found wherever a pipeline or a Dockerfile can name one", () => {
    const yaml = `
.images: { a: &a "one:1" }
default: { image: { name: two } }
job:
  image: *a
  services: [three:3, { name: "four@${DIGEST}", alias: x }]
  variables: { BASE_IMAGE: five, OTHER: six }
include:
  - { component: x, inputs: { image: "$CI_REGISTRY_IMAGE:1", stage: image } }
`;
    const dockerfile = `ARG BUN_IMAGE=seven\nFROM \${BUN_IMAGE}\nFROM eight@${DIGEST} AS nine\nFROM nine AS ten\n`;
    expect(unpinnedImages(yaml, dockerfile)).toEqual(["five", "one:1", "seven", "three:3", "two"]);
  });
});
