/**
 * The table of dangerous permissions, as data. What it says of a set of permissions is found by `findDangers`; to add
 * a row: write it into the chapter where it belongs, and a shape that it catches and a near miss into
 * test/effect/rbac/dangers.json.
 */
import { cluster } from './dangers/cluster.ts';
import { credentials } from './dangers/credentials.ts';
import { escalation } from './dangers/escalation.ts';
import { network } from './dangers/network.ts';
import type { DangerRow } from './dangers/row.ts';
import { workloads } from './dangers/workloads.ts';

export const dangers: readonly DangerRow[] = [
  ...escalation,
  ...credentials,
  ...workloads,
  ...network,
  ...cluster,
];
