import { edges, type FileEdge } from "./edges.ts";

/**
 * The functions of `node:fs/promises` and `node:fs` that the program uses, on the edges of the work that calls them.
 */
export const {
  access,
  appendFile,
  chmod,
  link,
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openDatabase,
} = new Proxy({} as FileEdge, {
  get:
    (_, name) =>
    (...args: unknown[]) =>
      (edges().files[name as keyof FileEdge] as (...args: unknown[]) => unknown)(...args),
});
