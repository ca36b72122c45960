/** Every attack, by the group under which the table shows it. */
import { approvers } from './approval/approvers.ts';
import { pastTheRules } from './approval/past-the-rules.ts';
import { stale } from './approval/stale.ts';
import type { Attack } from './attack.ts';
import { pullRequests } from './content/pull-requests.ts';
import { shown } from './content/shown.ts';
import { values } from './content/values.ts';
import { yaml } from './content/yaml.ts';
import { failures } from './delivery/failures.ts';
import { order } from './delivery/order.ts';
import { webhooks } from './delivery/webhooks.ts';
import { holds } from './design/holds.ts';
import { others } from './design/others.ts';
import { revivals } from './design/revivals.ts';
import { changedUnderneath } from './design/underneath.ts';
import { clocks } from './endings/clocks.ts';
import { crashes } from './endings/crashes.ts';
import { reverts } from './endings/reverts.ts';
import { power } from './power/power.ts';

export const groups = {
  approval: [...stale, ...approvers, ...pastTheRules],
  content: [...pullRequests, ...yaml, ...values, ...shown],
  power,
  webhooks: [...webhooks, ...order],
  failures,
  reverts,
  crashes: [...crashes, ...clocks],
  underneath: changedUnderneath,
  others,
  holds,
  revivals,
} as const satisfies Readonly<Record<string, readonly Attack[]>>;

/** The name of a group. */
export type Group = keyof typeof groups;
