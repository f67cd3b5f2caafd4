/** Which redirections of a GET are followed. */
export interface RedirectRule {
  /** Maximum number of redirections, one after the other. */
  max: number;
  isFollowed(to: URL): boolean;
}

const REDIRECTIONS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Where an answer sends a request on to, under the rule that is given; null where it is not followed: it counts as an answer then.
 *
 * @param followed how many redirections of this request were followed already
 */
export function nextAddress(
  { status, headers }: Pick<Response, "status" | "headers">,
  from: string,
  followed: number,
  rule: RedirectRule | undefined,
): URL | null {
  const location = REDIRECTIONS.includes(status) ? headers.get("location") : null;
  if (!rule || followed >= rule.max || location === null || !URL.canParse(location, from)) return null;
  const to = new URL(location, from);
  return /^https?:$/.test(to.protocol) && rule.isFollowed(to) ? to : null;
}
