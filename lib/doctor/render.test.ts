import { expect, test } from "bun:test";
import { type Finding, ok, problem, warning } from "./finding.ts";
import { renderFindings } from "./render.ts";

const zendesk = (found: Omit<Finding, "group">): Finding => ({ group: "Zendesk global", ...found });
const slack = (found: Omit<Finding, "group">): Finding => ({ group: "Slack", ...found });

const FINDINGS = [
  zendesk(ok("log-in", "reads one.zendesk.com")),
  zendesk(problem("organization field a", "missing", "Add it.")),
  zendesk(ok("organization field b", "text")),
  zendesk(problem("organization field c", "missing", "Add it.")),
  slack(warning("SLACK_BOT_TOKEN", "not configured", "Set it.")),
];

test("problems first, one remedy for all that share it, the rest counted by group", () => {
  expect(renderFindings(FINDINGS, { verbose: false })).toBe(
    [
      "Problems",
      "  Zendesk global · organization field a: missing",
      "  Zendesk global · organization field c: missing",
      "    → Add it.",
      "",
      "Warnings",
      "  Slack · SLACK_BOT_TOKEN: not configured",
      "    → Set it.",
      "",
      "Zendesk global  2 problems, 2 ok",
      "Slack           1 warning",
      "",
      "doctor: 2 problems, 1 warning, 2 ok. Nothing was changed. Fix the problems, then run it again.",
    ].join("\n"),
  );
});

test("everything one by one where that is wanted", () => {
  const text = renderFindings(FINDINGS, { verbose: true });
  expect(text).toContain(
    "In order\n  Zendesk global · log-in: reads one.zendesk.com\n  Zendesk global · organization field b: text\n",
  );
});

test("without problems it says what to do next", () => {
  expect(renderFindings([slack(ok("scopes", "chat:write"))], { verbose: false })).toBe(
    "Slack  1 ok\n\ndoctor: 1 ok. Nothing was changed. Next: zdsync preview.",
  );
});
