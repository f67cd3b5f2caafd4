import type { RedirectRule } from "../http/redirects.ts";

/** Larger files are not read: no artifact of 100,000 accounts comes near it. */
export const LARGEST_FILE_BYTES = 512 * 1024 ** 2;

/** For one attempt at a file. */
export const FILE_TIMEOUT_MS = 120_000;

/**
 * Files are handed out by object storage, wherever it is, which may send on once more itself (another region, a CDN). GitLab's log-in page
 * is no file: a token that may not see something is sent there.
 */
export const DOWNLOAD_REDIRECTS: RedirectRule = { max: 5, isFollowed: ({ pathname }) => !pathname.includes("sign_in") };
