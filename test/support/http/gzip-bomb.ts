import { gzipSync } from "node:zlib";

/** A server whose every answer is 20 kB on the wire and 20 MB of valid JSON once decompressed; it counts its requests. */
export function gzipBomb(): Disposable & { url: string; requests(): number } {
  const bytes = gzipSync(JSON.stringify({ fine: " ".repeat(20_000_000) }));
  let requests = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch() {
      requests++;
      return new Response(bytes, { headers: { "content-encoding": "gzip", "content-type": "application/json" } });
    },
  });
  return {
    url: server.url.origin,
    requests: () => requests,
    [Symbol.dispose]: () => void server.stop(true),
  };
}
