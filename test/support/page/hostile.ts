import { reason } from "../../../lib/domain/reason.ts";
import type { ReportModel, Row } from "../../../lib/report/model.ts";
import { demoModel, folded, row } from "./demo-model.ts";

/** Texts that a name, a charge or what a remote said can be, and that must neither run nor turn what stands around them. */
export const HOSTILE = [
  "<script>globalThis.ran = 1</script>",
  "</script><script>globalThis.ran = 2</script>",
  "<!-- <script> -->",
  "<img src=x onerror='globalThis.ran = 3'>",
  "\"&quot;' onmouseover=globalThis.ran=4",
  "line\u2028separator\u2029paragraph",
  "\u202egnp.tset\u202c after",
  "\u2066isolate\u2069 \u200f mark",
  "nul\u0000 escape\u001b[31m bell\u0007",
  "$& $1 $` %DATA% %TITLE%",
  "half \ud800 character",
];

/** A report that has these texts wherever a text from outside can stand. */
export function hostileModel(): ReportModel {
  const all = HOSTILE.join(" ");
  const rows = HOSTILE.map(
    (text, n): Row =>
      row(n, "loses support", {
        name: text,
        domains: [text],
        changes: [{ field: "account_owner", before: text, after: text }],
        reason: reason("charge.unknown", { charge_name: text, unexpired: true, nearest: text, hurts: true }),
        links: { salesforce: `javascript:globalThis.ran = 5 // ${text}`, zendesk: `data:text/html,${text}` },
        explanation: {
          answer: [{ depth: 0, spans: [{ text, tone: "bad", href: "javascript:globalThis.ran = 6" }] }],
          sections: [{ title: text, lines: [{ depth: 1, label: text, spans: [{ text }] }] }],
        },
      }),
  );
  const model = demoModel({ rows, folded: [folded(1, { members: [{ salesforce_id: null, id: 1, name: all }] })] });
  return {
    ...model,
    head: {
      ...model.head,
      started_by: all,
      command: `zdsync run ${all}`,
      apply: `zdsync run ${all}`,
      failures: [{ where: all, reason: reason("write.not_read_back", { message: all }) }],
    },
    trend: model.trend.map((run) => ({ ...run, href: "javascript:globalThis.ran = 7" })),
    audit: [
      {
        code: "x",
        params: {},
        title: all,
        what: all,
        remedy: all,
        needs_somebody: true,
        count: 1,
        examples: [all],
        command: all,
      },
    ],
  };
}
