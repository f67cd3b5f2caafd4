import { oneLine } from "./outside-text.ts";

/**
 * A text from outside as mrkdwn that shows as itself: no mention, link, formatting, or line of its own. At most `most` code
 * points are kept. Slack has escapes for `&`, `<` and `>` only; what else it would format is kept apart by a zero-width space,
 * and so is the colon that begins an emoji. Goes with `verbatim: true`, without which Slack makes links of what looks like one.
 */
export function mrkdwnText(text: string, most: number): string {
  return escapeEntities(clip(oneLine(text), most)).replace(/[*_~`:]/g, "$&\u200b");
}

/** An e-mail address as mrkdwn: an ordinary one without zero-width spaces, so that it can be copied. */
export function mrkdwnAddress(email: string, most: number): string {
  const ordinary = /^[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)+$/i.test(email);
  return ordinary && email.length <= most ? email : mrkdwnText(email, most);
}

/** A link; without one where the URL is no http(s) URL. The label is text from outside or ours, it shows as itself. */
export function mrkdwnLink(url: string, label: string): string {
  const shown = mrkdwnText(label.replaceAll("|", "/"), 100);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return shown;
  const target = escapeEntities(new URL(url).href).replaceAll("|", "%7C");
  return `<${target}|${shown}>`;
}

/** A person as Slack shows them; what is no user id of Slack's shows as text. */
export function mention(user: string): string {
  return /^[UW][A-Z0-9]{2,30}$/.test(user) ? `<@${user}>` : mrkdwnText(user, 40);
}

/** Text with Slack's three entities. */
export function escapeEntities(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Cut by code point, never in half of one; a cut shows as `…`. */
function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  // A code point is two units at most: what is longer is cut anyway, and its end need not be looked at.
  const points = Array.from(text.slice(0, 2 * most + 2));
  return points.length <= most ? text : `${points.slice(0, most - 1).join("")}…`;
}
