/** Accounts to a query, at most (U3). */
const MAX_IDS = 500;

/** Salesforce's limit for request line and headers together, in bytes; more is refused with 414 or 431. */
const REQUEST_BYTES = 16_384;

/** Kept free for the headers beside the access token (some 270 bytes with Bun) and what a proxy may add. */
const OTHER_HEADERS = 1_024;

/**
 * Account ids in the fewest chunks of at most 500; fewer where the query or a long access token leaves less room in the request (U3).
 * `query` is the query text of a chunk, `pathBytes` the length of the query URL before it, `tokenBytes` that of the access token. Pure.
 */
export function idChunks(
  accountIds: readonly string[],
  query: (ids: readonly string[]) => string,
  request: { pathBytes: number; tokenBytes: number },
): string[][] {
  const room = REQUEST_BYTES - OTHER_HEADERS - request.pathBytes - request.tokenBytes - bytesOnWire(query([]));
  const perId = bytesOnWire("'0014M00001kAbCdQAK',");
  const size = Math.max(1, Math.min(MAX_IDS, Math.floor(room / perId)));
  const ids = [...new Set(accountIds)];
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    ids.slice(index * size, (index + 1) * size),
  );
}

/** The length of a query text in the request line; Bun sends an apostrophe as `%27`, which encodeURIComponent leaves alone. */
function bytesOnWire(soql: string): number {
  return encodeURIComponent(soql).replaceAll("'", "%27").length;
}
