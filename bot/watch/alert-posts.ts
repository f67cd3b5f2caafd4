import { COMPARISON, type Comparison } from "../../lib/domain/comparisons.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { OutgoingPost } from "../../lib/remotes/slack/ports.ts";
import type { Customers } from "../render/customer.ts";
import type { RunState } from "../runs/runner.ts";
import { ATTENTION_LISTS, attentionKey } from "./attention-lists.ts";
import type { Alert } from "./incidents.ts";
import { renderAlert } from "./render-alerts.ts";

/** Names for the channel of everything, and for those that instances have of their own. */
export interface CustomersByChannel {
  general: Customers;
  own: ReadonlyMap<InstanceName, Customers>;
}

/**
 * An alert as the messages that are posted once: one, and where instances have channels of their own, one more in each whose conflicts
 * it tells of. The conflicts of such an instance are told nowhere else. Pure.
 */
export function alertPosts(alert: Alert, { general, own }: CustomersByChannel): OutgoingPost[] {
  if (own.size === 0 || !("run" in alert) || alert.run.record === null) return [renderAlert(alert, general)];
  const told = conflictsOf(alert);
  const elsewhere = [...own].flatMap(([instance, customers]) => {
    const keys = told.filter((one) => one.instance === instance).map(({ key }) => key);
    if (keys.length === 0) return [];
    const post = renderAlert({ say: "attention", run: withConflicts(alert.run, instance), keys }, customers);
    return [{ ...post, key: `${post.key} ${instance}`, instance }];
  });
  const rest = { ...alert, run: withoutConflicts(alert.run, own) };
  if (rest.say !== "attention") return [renderAlert(rest, general), ...elsewhere];
  const taken = new Set(told.filter(({ instance }) => own.has(instance)).map(({ key }) => key));
  const keys = rest.keys.filter((key) => !taken.has(key));
  return [...(keys.length > 0 ? [renderAlert({ ...rest, keys }, general)] : []), ...elsewhere];
}

/** The organizations that an alert names, with the keys under which they are known. */
function conflictsOf(alert: Extract<Alert, { run: RunState }>): { instance: InstanceName; key: string }[] {
  if (alert.say !== "attention" && alert.say !== "failed" && alert.say !== "refused") return [];
  const known = alert.say === "attention" ? new Set(alert.keys) : null;
  return ATTENTION_LISTS.flatMap(({ list, word }) =>
    (alert.run.record?.[list] ?? []).flatMap((one) => {
      const key = attentionKey(word, one);
      return (known?.has(key) ?? true) ? [{ instance: COMPARISON[one.comparison].instance, key }] : [];
    }),
  );
}

function withConflicts(run: RunState, instance: InstanceName): RunState {
  return changed(run, (one) => one === instance);
}

function withoutConflicts(run: RunState, own: ReadonlyMap<InstanceName, unknown>): RunState {
  return changed(run, (one) => !own.has(one));
}

function changed(run: RunState, keeps: (instance: InstanceName) => boolean): RunState {
  const { record } = run;
  if (record === null) return run;
  const kept = <T extends { comparison: Comparison }>(list: readonly T[]) =>
    list.filter(({ comparison }) => keeps(COMPARISON[comparison].instance));
  const lists = Object.fromEntries(ATTENTION_LISTS.map(({ list }) => [list, kept(record[list])]));
  return { ...run, record: { ...record, ...lists } };
}
