import * as v from "valibot";
import { COMMON_INPUTS, instance, rateShare } from "../../lib/pipeline/inputs.ts";

export const inputs = v.object({ ...COMMON_INPUTS, instance, "rate-share": rateShare });
