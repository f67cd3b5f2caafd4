import { type SandboxBytes, unguessable } from "../server/chance.ts";
import type { CallArguments } from "./call-arguments.ts";
import { SlackRefusal } from "./slack-refusal.ts";

/** A file as a message carries it, without its bytes. */
export interface SharedFile {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  /** Bytes. */
  size: number;
}

/** A file on its way: announced, then received at its address, then shared in a channel. */
interface Upload extends SharedFile {
  secret: string;
  /** Null before it was received. */
  bytes: Uint8Array | null;
  isShared: boolean;
}

/** Where files are sent to: not under `/api/`, and without a token, as in Slack (docs.slack.dev, files.getUploadURLExternal). */
const PATH = "/upload/v1/";
const MIME_TYPES: Readonly<Record<string, string>> = { html: "text/html", md: "text/markdown", txt: "text/plain" };

/** The files of a workspace, in Slack's three steps: an address for the bytes, the bytes, the message that shows them. */
export class SlackFiles {
  readonly #uploads = new Map<string, Upload>();

  constructor(
    private readonly baseUrl: () => string,
    private readonly bytesOfChance: SandboxBytes = unguessable,
  ) {}

  /** Announces a file. @throws SlackRefusal invalid_arguments */
  announce(call: CallArguments): { upload_url: string; file_id: string } {
    const name = call.text("filename");
    const size = Number(call.text("length"));
    if (name === undefined || !Number.isSafeInteger(size) || size < 1) throw new SlackRefusal("invalid_arguments");
    const secret = this.bytesOfChance(16).toString("hex");
    const id = `F0SANDBOX${String(this.#uploads.size + 1).padStart(2, "0")}`;
    const mimetype = MIME_TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    this.#uploads.set(id, { id, name, title: name, mimetype, size, secret, bytes: null, isShared: false });
    return { upload_url: `${this.baseUrl()}${PATH}${secret}`, file_id: id };
  }

  /** Whether a request is for the address of a file. */
  isFor(pathname: string): boolean {
    return pathname.startsWith(PATH);
  }

  /** Receives a file's bytes, raw or as a form with one file in it; as many as were announced. */
  async receive(request: Request): Promise<Response> {
    const secret = new URL(request.url).pathname.slice(PATH.length);
    const upload = [...this.#uploads.values()].find((one) => one.secret === secret);
    if (!upload || upload.bytes !== null || request.method !== "POST")
      return new Response("not found", { status: 404 });
    const bytes = await bytesOf(request);
    if (bytes.length !== upload.size) return new Response("length mismatch", { status: 400 });
    upload.bytes = bytes;
    return new Response(`OK - ${bytes.length}`);
  }

  /**
   * The files that a call shares, from now on shared: each once.
   * @throws SlackRefusal invalid_arguments, file_not_found (never announced, not received yet, or shared already)
   */
  share(call: CallArguments): SharedFile[] {
    const asked = call.structure("files", "invalid_arguments");
    if (!Array.isArray(asked) || asked.length === 0) throw new SlackRefusal("invalid_arguments");
    const found = asked.map((one: { id?: unknown; title?: unknown }) => {
      const upload = this.#uploads.get(String(one?.id));
      if (!upload || upload.bytes === null || upload.isShared) throw new SlackRefusal("file_not_found");
      return { upload, title: typeof one.title === "string" ? one.title : upload.name };
    });
    return found.map(({ upload, title }) => {
      upload.isShared = true;
      upload.title = title;
      const { id, name, mimetype, size } = upload;
      return { id, name, title, mimetype, size };
    });
  }

  /** What was received under a file's id; null where nothing was. */
  bytes(id: string): Uint8Array | null {
    return this.#uploads.get(id)?.bytes ?? null;
  }

  /** The secret parts of the addresses that it gave out. */
  secrets(): string[] {
    return [...this.#uploads.values()].map(({ secret }) => secret);
  }
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  if (!request.headers.get("content-type")?.startsWith("multipart/form-data"))
    return new Uint8Array(await request.arrayBuffer());
  const form = await request.formData();
  for (const value of form.values()) if (typeof value !== "string") return new Uint8Array(await value.arrayBuffer());
  return new Uint8Array();
}
