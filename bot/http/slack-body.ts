/** A body that Slack sent, as the fields that Bolt knows. */
export type SlackBody = Record<string, unknown>;

/**
 * What Slack sent: JSON (events), a form with the JSON `payload` (buttons), or a form with fields (slash commands). Null where it
 * is none of these. Content types come with and without a charset; it is always UTF-8.
 */
export function slackBody(text: string, contentType: string | null): SlackBody | null {
  const form = formIn(text, contentType);
  if (form === null) return mediaType(contentType) === "application/json" ? objectIn(text) : null;
  const payload = form.get("payload");
  if (payload !== null) return objectIn(payload);
  return form.has("command") ? Object.fromEntries(form) : null;
}

/** Slack's test of our certificate; it is not signed, and nothing else in it counts. */
export function isSslCheck(text: string, contentType: string | null): boolean {
  return formIn(text, contentType)?.get("ssl_check") === "1";
}

/** The bytes as text; null where they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A JSON object; null where the text is anything else. */
export function objectIn(text: string): SlackBody | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : null;
  } catch {
    return null;
  }
}

function formIn(text: string, contentType: string | null): URLSearchParams | null {
  return mediaType(contentType) === "application/x-www-form-urlencoded" ? new URLSearchParams(text) : null;
}

function mediaType(contentType: string | null): string {
  return (contentType?.split(";")[0] ?? "").trim().toLowerCase();
}
