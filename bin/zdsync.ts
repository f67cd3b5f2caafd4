#!/usr/bin/env bun
import { program } from "./program.ts";

// The image starts Bun in a folder of its own, where no file of a project speaks to it (scripts/zdsync.sh), and says where work is done.
const { ZDSYNC_WORKING_DIRECTORY: folder, ...env } = process.env;
if (folder) {
  delete process.env.ZDSYNC_WORKING_DIRECTORY;
  process.chdir(folder);
}

// Whoever reads only the first lines (`| head`) has closed the pipe: no reason to fail.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

process.exitCode = await program(process.argv.slice(2), env);
