#!/usr/bin/env bun
import { enterWorkingDirectory } from "../lib/pipeline/working-directory.ts";
import { nameOfProgram, startedAs } from "../lib/text/program-name.ts";
import { COMMANDS } from "./commands.ts";
import { program } from "./program.ts";

enterWorkingDirectory(process.env);

startedAs(nameOfProgram(process.argv, process.env._, process.cwd()), Object.keys(COMMANDS));

// Whoever reads only the first lines (`| head`) has closed the pipe: no reason to fail.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

process.exitCode = await program(process.argv.slice(2), process.env);
