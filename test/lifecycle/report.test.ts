import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Requirement } from '../../src/approval/approval.ts';
import { finding } from '../../src/base/reasons.ts';
import { planRequest, type Plan } from '../../src/lifecycle/plan.ts';
import { describeReport } from '../../src/lifecycle/report.ts';
import { fitItems, fitLines } from '../../src/lifecycle/room.ts';
import {
  file,
  people,
  repository,
  repositoryFiles,
  requestFile,
  requestText,
  teams,
  tipOf,
} from './world.ts';

/** What GitHub takes. */
const most = 65_535;

function plan(): Plan {
  const planned = planRequest({
    repositoryId: repository.id,
    tip: tipOf(repositoryFiles()),
    file: file(requestFile, requestText),
    pullRequest: 12,
    openedAt: -Infinity,
    requester: people.alice,
    subjectAccount: null,
    teams,
  });
  if (!planned.ok) throw new Error(planned.findings.map(({ message }) => message).join());
  return planned.plan;
}

/** More of everything than there is room for, of characters that grow when they are escaped. */
function enormous(): Parameters<typeof describeReport>[0] {
  const shipped = plan();
  const long = Array.from({ length: 3000 }, (_, index) => `@acme/team-${index} *may* [do] \`this\` ${index}`);
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { x: long } };
  const requirement: Requirement = { kind: 'owners', count: 1, owners: [], line: 1 };
  return {
    findings: [finding('waiting-for-approval'), ...long.map((text) => finding('policy-denied', text))],
    plan: {
      ...shipped,
      objects: [object],
      effect: {
        ...shipped.effect,
        gains: [long.join(), ...long],
        dangers: long.map((message) => ({
          severity: 'critical',
          rule: 'x',
          message,
          refusedAlways: false,
          secondApprovalInProduction: false,
        })),
        alreadyHeld: long,
        consequences: long,
        openSessions: long,
        advice: long,
        unknown: long,
        exact: long,
        baseline: { apiVersion: 'v1', kind: 'NetworkPolicy', metadata: { name: 'a' } },
        mermaid: long.join('\n'),
      },
    },
    approvals: {
      requirements: [{ requirement, met: false, satisfiedBy: [], could: long }],
      changesRequested: long,
      notCounted: [],
      met: false,
    },
    faults: long.map((message, line) => ({ file: 'a.yaml', line, column: 1, message, remedy: message })),
  };
}

describe('a report', () => {
  test('fits into what GitHub takes, and says that it is cut', () => {
    const { comment, summary, details } = describeReport(enormous());
    expect(comment.length).toBeLessThan(most);
    expect(summary.length).toBeLessThan(most);
    expect(details.length).toBeLessThan(most);
    expect(summary.match(/… and \d+ more; “curfew plan” prints it all/g)?.length).toBeGreaterThan(8);
    expect(details).toContain('… and ');
    expect(details.match(/^```/gm)?.length).toBe(6);
  });

  test('of a shipped template is whole', () => {
    const report = { findings: [finding('waiting-for-approval')], plan: plan(), approvals: null, faults: [] };
    expect(describeReport(report).comment).not.toContain('prints it all');
  });
});

test('what is cut is short enough, whole items first, and counted', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 80 })), fc.integer({ min: 100, max: 400 }), (items, room) => {
      const fitting = fitItems(items, room);
      expect(fitting.join('\n').length).toBeLessThan(room + 60);
      const [last = ''] = fitting.slice(-1);
      const [, left] = /^… and (\d+) more; /.exec(last) ?? [];
      const kept = left === undefined ? fitting.length : fitting.length - 1;
      expect(kept + Number(left ?? 0)).toBe(items.length);
      if (room > 160) expect(fitting.slice(0, kept)).toEqual(items.slice(0, kept));
    }),
  );
  expect(fitLines('a\nb', 100)).toBe('a\nb');
});
