import type { FileHandle } from "node:fs/promises";
import type { Desk, Operations } from "./file-edge.ts";
import { decoded, type FileNode, statsOf, systemError } from "./file-nodes.ts";

/** What a handle was opened for. */
export interface Opened {
  path: string;
  node: FileNode;
  appends: boolean;
}

/** An open file; as much of node's `FileHandle` as the program uses. It stays the same file when its name goes to another. */
export function fileHandle(desk: Desk, operations: Operations, { path, node, appends }: Opened): FileHandle {
  let at = 0;
  let isOpen = true;
  const file = (syscall: string) => {
    if (!isOpen) throw systemError("EBADF", syscall);
    if (node.kind !== "file") throw systemError("EISDIR", syscall);
    return node;
  };
  const handle = {
    write: (data: string | Uint8Array, offset = 0, length?: number, position?: number | null) =>
      operations.promised(() => {
        operations.begin("write", path, "writes");
        const { content } = file("write");
        const bytes =
          typeof data === "string" ? Buffer.from(data) : data.subarray(offset, offset + (length ?? data.length));
        const from = appends ? content.length : (position ?? at);
        const gap = Buffer.alloc(Math.max(0, from - content.length));
        const parts = [content.subarray(0, from), gap, bytes, content.subarray(from + bytes.length)];
        desk.files.changed(file("write"), Buffer.concat(parts));
        if (position === undefined || position === null) at = from + bytes.length;
        return { bytesWritten: bytes.length, buffer: data };
      }),
    read: (buffer: Uint8Array, offset = 0, length = buffer.length - offset, position: number | null = null) =>
      operations.promised(() => {
        operations.begin("read", path, "reads");
        const from = position ?? at;
        const bytes = file("read").content.subarray(from, from + length);
        buffer.set(bytes, offset);
        if (position === null) at += bytes.length;
        return { bytesRead: bytes.length, buffer };
      }),
    readFile: (options?: BufferEncoding) =>
      operations.promised(() => {
        operations.begin("read", path, "reads");
        const rest = file("read").content.subarray(at);
        at += rest.length;
        return decoded(rest, options);
      }),
    stat: () =>
      operations.promised(() => {
        operations.begin("fstat", path, "reads");
        if (!isOpen) throw systemError("EBADF", "fstat");
        return statsOf(node);
      }),
    sync: () =>
      operations.promised(() => {
        operations.begin("fsync", path, "writes");
        if (!isOpen) throw systemError("EBADF", "fsync");
        desk.files.sync(node);
      }),
    truncate: (length = 0) =>
      operations.promised(() => {
        operations.begin("ftruncate", path, "writes");
        const { content } = file("ftruncate");
        desk.files.changed(file("ftruncate"), Buffer.concat([content], length));
      }),
    close: () =>
      operations.promised(() => {
        operations.begin("close", path, "reads");
        isOpen = false;
      }),
  };
  return { ...handle, datasync: handle.sync } as unknown as FileHandle;
}
