import type { App } from "@slack/bolt";
import * as v from "valibot";
import { COMMAND } from "../lib/remotes/slack/manifest.ts";
import { type AnsweredRequests, requestId } from "./answered-requests.ts";
import type { Answer, ButtonClick, Conversation, Reply, SlashCommand } from "./conversation.ts";
import type { InFlight } from "./in-flight.ts";
import { type ReplyAddress, wireMessage } from "./reply.ts";

/** Everything that the listeners for Slack's commands and clicks call. */
export interface Listening {
  conversation: Conversation;
  inFlight: InFlight;
  /** Requests already taken, so that nothing is done twice. */
  requests: Pick<AnsweredRequests, "take" | "answered">;
  replyTo: (address: ReplyAddress) => Reply;
}

const Id = v.pipe(v.string(), v.nonEmpty());
const ResponseUrl = v.optional(v.pipe(v.string(), v.url()));

const CommandSchema = v.object({
  team_id: Id,
  channel_id: Id,
  user_id: Id,
  text: v.optional(v.string(), ""),
  response_url: ResponseUrl,
});

const ClickSchema = v.object({
  team: v.nullish(v.object({ id: Id })),
  user: v.object({ id: Id, team_id: v.optional(Id) }),
  channel: v.optional(v.object({ id: Id })),
  container: v.optional(v.object({ channel_id: v.optional(Id), is_ephemeral: v.optional(v.boolean(), false) })),
  message: v.optional(
    v.object({
      ts: Id,
      text: v.optional(v.string(), ""),
      blocks: v.optional(v.array(v.looseObject({ type: v.string() })), []),
    }),
  ),
  response_url: ResponseUrl,
  actions: v.pipe(v.array(v.object({ action_id: Id, value: v.optional(v.string(), "") })), v.nonEmpty()),
});

/** Makes Bolt hand the slash command and every button to the conversation; the same over HTTP and in Socket Mode. */
export function registerListeners(app: App, { conversation, inFlight, requests, replyTo }: Listening): void {
  app.command(COMMAND, async ({ body, ack }) => {
    const { command, address } = commandOf(v.parse(CommandSchema, body));
    const id = requestId({ ...body });
    const earlier = requests.take(id);
    if (earlier) return ack(earlier.answer === null ? undefined : JSON.parse(earlier.answer));
    const answer = conversation.command(command);
    const said = answer.now ? wireMessage(answer.now) : undefined;
    if (said) requests.answered(id, JSON.stringify(said));
    await ack(said);
    await inFlight.track(sayLater(answer, replyTo(address)));
  });
  app.action({ type: "block_actions" }, async ({ body, ack }) => {
    const { click, address } = clickOf(v.parse(ClickSchema, body));
    if (requests.take(requestId({ ...body }))) return ack();
    const { now, later } = conversation.button(click);
    // Slack ignores what an acknowledged click says (facts 1): it goes over the response_url.
    await ack();
    const reply = replyTo(address);
    await inFlight.track(
      (async () => {
        if (now) await reply.privately(now);
        await sayLater({ now, later }, reply);
      })(),
    );
  });
}

async function sayLater({ later }: Answer, reply: Reply): Promise<void> {
  await later?.(reply);
}

function commandOf(body: v.InferOutput<typeof CommandSchema>): { command: SlashCommand; address: ReplyAddress } {
  const { team_id: team, channel_id: channel, user_id: user, text } = body;
  return {
    command: { by: { team, channel, user }, text },
    address: { responseUrl: body.response_url ?? null, channel, user },
  };
}

function clickOf(body: v.InferOutput<typeof ClickSchema>): { click: ButtonClick; address: ReplyAddress } {
  const { user, message, container } = body;
  const by = {
    team: body.team?.id ?? user.team_id ?? "",
    channel: body.channel?.id ?? container?.channel_id ?? "",
    user: user.id,
  };
  const [action] = body.actions;
  return {
    click: {
      by,
      action: action?.action_id ?? "",
      value: action?.value ?? "",
      message: message && !container?.is_ephemeral ? message : null,
    },
    address: { responseUrl: body.response_url ?? null, channel: by.channel, user: by.user },
  };
}
