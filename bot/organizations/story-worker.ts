import { parentPort, workerData } from "node:worker_threads";
import * as v from "valibot";
import { ArtifactStore } from "../../lib/artifacts/store.ts";
import { readAccountNames } from "../../lib/report/account-names.ts";
import { tellOrganizations } from "../../lib/report/tell-organizations.ts";

/* A thread of its own: the files of a large run take seconds and more than a gigabyte, and clicks must be answered meanwhile. */

const QuestionSchema = v.object({
  want: v.picklist(["stories", "names"]),
  directory: v.string(),
  asked: v.array(v.string()),
  usGovernment: v.picklist(["names", "ids_only"]),
});

const { want, directory, asked, usGovernment } = v.parse(QuestionSchema, workerData);
const store = new ArtifactStore(directory);
parentPort?.postMessage(
  want === "names"
    ? await readAccountNames(store, asked, usGovernment)
    : await tellOrganizations(asked, store, usGovernment),
);
