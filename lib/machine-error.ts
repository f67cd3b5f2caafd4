/** A problem of the machine, not of the program: what happened and what to do, in one place. */
export interface MachineProblem {
  /** The system's own code, e.g. `ENOSPC`. */
  code: string;
  /** A complete message for a person, remedy included. */
  message: string;
  /** Whether a setting has to be changed (exit 2), rather than the machine's state (exit 1). */
  isSetting: boolean;
}

interface Kind {
  /** What is so; the file or port stands before it. */
  what: string;
  remedy: string;
  isSetting: boolean;
}

const FULL: Kind = {
  what: "could not be written: the disk is full",
  remedy: "Free some space, then run again.",
  isSetting: false,
};
const FORBIDDEN: Kind = {
  what: "is not accessible to the user that runs zdsync",
  remedy:
    "Give that user read and write access to it, or choose another place (for the data: --data-dir or ZDSYNC_DATA_DIR).",
  isSetting: true,
};
const READ_ONLY: Kind = {
  what: "cannot be written: its file system is read-only",
  remedy: "Mount it writable, or choose another place (for the data: --data-dir or ZDSYNC_DATA_DIR).",
  isSetting: true,
};
const NO_HANDLES: Kind = {
  what: "could not be opened: too many open files",
  remedy: "Raise the limit (`ulimit -n`) or stop the program that has so many files open, then run again.",
  isSetting: false,
};
const BROKEN_DISK: Kind = {
  what: "could not be read or written: the disk reports an error",
  remedy: "Check the disk, or choose another place (for the data: --data-dir or ZDSYNC_DATA_DIR).",
  isSetting: false,
};
const PORT_TAKEN: Kind = {
  what: "is in use by another program",
  remedy: "Stop that program, or choose another port (--port, or PORT for the bot).",
  isSetting: true,
};

/** What the system's codes, and SQLite's for the same (sqlite.org/rescode.html), mean for a person. */
const KINDS: Readonly<Record<string, Kind>> = {
  ENOSPC: FULL,
  SQLITE_FULL: FULL,
  EDQUOT: { ...FULL, what: "could not be written: the disk quota of this user is exhausted" },
  EFBIG: {
    what: "could not be written: it is larger than the system allows",
    remedy: "Raise the limit (`ulimit -f`), or choose another file system, then run again.",
    isSetting: false,
  },
  EROFS: READ_ONLY,
  SQLITE_READONLY: READ_ONLY,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  SQLITE_PERM: FORBIDDEN,
  SQLITE_CANTOPEN: {
    ...FORBIDDEN,
    what: "cannot be opened: its folder is missing or not writable by this user, or too many files are open",
  },
  ENOTDIR: {
    what: "cannot be used: a part of its path is a file, not a folder",
    remedy: "Move that file away, or choose another place (for the data: --data-dir or ZDSYNC_DATA_DIR).",
    isSetting: true,
  },
  EISDIR: {
    what: "cannot be used: it is a folder, but a file is expected there",
    remedy: "Move that folder away, or name a file in the setting.",
    isSetting: true,
  },
  EMFILE: NO_HANDLES,
  ENFILE: NO_HANDLES,
  EIO: BROKEN_DISK,
  SQLITE_IOERR: BROKEN_DISK,
  EADDRINUSE: PORT_TAKEN,
};

/**
 * What a system error means for a person; null for anything else, which is a fault of the program then. SQLite's codes may have a
 * detail behind them (`SQLITE_IOERR_WRITE`). Errors without `path` or `port` are told without one.
 */
export function machineProblem(error: unknown): MachineProblem | null {
  if (!(error instanceof Error)) return null;
  const { code, path, port, syscall } = error as { code?: unknown; path?: unknown; port?: unknown; syscall?: unknown };
  if (typeof code !== "string") return null;
  const kind = kindOf(code, syscall);
  if (!kind) return null;
  const { what, remedy, isSetting } = kind;
  return { code, message: `${subjectOf(code, path, port)} ${what} (${code}). ${remedy}`, isSetting };
}

function kindOf(code: string, syscall: unknown): Kind | undefined {
  if (syscall === "listen" || syscall === "bind")
    return code === "EACCES" ? { ...PORT_TAKEN, what: "is not accessible to the user that runs zdsync" } : KINDS[code];
  const base = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
  return Object.hasOwn(KINDS, base) ? KINDS[base] : undefined;
}

function subjectOf(code: string, path: unknown, port: unknown): string {
  if (typeof path === "string" && path !== "") return path;
  if (typeof port === "number" && port > 0) return `Port ${port}`;
  if (code === "EADDRINUSE") return "A port";
  return code.startsWith("SQLITE_") ? "A database" : "A file";
}
