import type { ConversationEntry } from "./conversation.ts";
import type { PersonOptions, SlackPerson } from "./person.ts";

/** What the routes of {@link answerRemotePerson} are made of. */
export interface RemotePersonSetting {
  person(options: PersonOptions): SlackPerson;
  conversation(): ConversationEntry[];
}

/**
 * A person at another terminal: `POST /sandbox/types` (`{line, app, user?, channel?}`), `POST /sandbox/clicks` (`{ts, action, app, user?}`)
 * and `GET /sandbox/conversation`, all JSON. Slack has no such thing; scripts that show the sandbox to people need it.
 */
export async function answerRemotePerson(request: Request, slack: RemotePersonSetting): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === "GET" && pathname === "/sandbox/conversation") return Response.json(slack.conversation());
  const deed = request.method === "POST" ? DEEDS[pathname] : undefined;
  if (!deed) return Response.json({ error: "no such page of the sandbox" }, { status: 404 });
  const fields = await fieldsOf(request);
  if (!fields) return Response.json({ error: "expected a JSON object of texts" }, { status: 400 });
  const { app, user, channel } = fields;
  const person = slack.person({ ...(app ? { app } : {}), ...(user ? { user } : {}), ...(channel ? { channel } : {}) });
  try {
    const { is, status, shown } = await deed(person, fields);
    return Response.json({ is, status, shown });
  } catch (error) {
    return Response.json({ error: error instanceof Error ? error.message : "failed" }, { status: 409 });
  }
}

type Fields = Record<string, string>;

const DEEDS: Readonly<Record<string, (person: SlackPerson, fields: Fields) => ReturnType<SlackPerson["types"]>>> = {
  "/sandbox/types": (person, { line = "" }) => person.types(line),
  "/sandbox/clicks": (person, { ts = "", action = "" }) => person.clicks(ts, action),
};

async function fieldsOf(request: Request): Promise<Fields | null> {
  const body: unknown = await request.json().catch(() => null);
  if (typeof body !== "object" || body === null) return null;
  const fields = Object.entries(body);
  return fields.every((field): field is [string, string] => typeof field[1] === "string")
    ? Object.fromEntries(fields)
    : null;
}
