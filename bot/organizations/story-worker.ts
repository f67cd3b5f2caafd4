import { parentPort, workerData } from "node:worker_threads";
import * as v from "valibot";
import { ArtifactStore } from "../../lib/artifacts/store.ts";
import { tellOrganizations } from "../../lib/report/tell-organizations.ts";

/* A thread of its own: the files of a large run take seconds and more than a gigabyte, and clicks must be answered meanwhile. */

const { directory, asked } = v.parse(v.object({ directory: v.string(), asked: v.array(v.string()) }), workerData);
parentPort?.postMessage(await tellOrganizations(asked, new ArtifactStore(directory)));
