import * as v from "valibot";
import { COMMON_INPUTS, oneOrBoth } from "../../lib/pipeline/inputs.ts";

export const inputs = v.object({ ...COMMON_INPUTS, instance: oneOrBoth });
