import * as v from "valibot";
import { COMMON_INPUTS, instance, LIMIT_INPUTS } from "../../lib/pipeline/inputs.ts";

export const inputs = v.object({ ...COMMON_INPUTS, instance, ...LIMIT_INPUTS });
