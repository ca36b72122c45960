/**
 * What a pull request that changes templates, roles, the policy, snapshots or owners would change: judged for whoever
 * reviews it. Nothing that it brings along is believed for anything else.
 */
import type { Fault } from '../../base/fault.ts';
import { finding, type Finding } from '../../base/reasons.ts';
import type { ProposedFiles, TipFacts } from '../facts.ts';
import { readSnapshot } from '../trusted.ts';
import { Allowance } from './allowance.ts';
import { proposalFaults } from './faults.ts';
import { grantChanges } from './grants.ts';
import { lostProtection, ownerChanges } from './owners.ts';
import { requestChanges } from './requests.ts';
import type { Section } from './section.ts';
import { excessOf } from './size.ts';
import { sideOf, type Side, type Standing } from './side.ts';
import { brokenBy, brokenFindings, statementChanges } from './statements.ts';
import { templateChanges } from './templates.ts';
import { proposedTip } from './tip.ts';

/** What is against a proposal, and what it changes. */
export interface ProposalReport {
  /** The first is the reason that counts. */
  readonly findings: readonly Finding[];
  readonly faults: readonly Fault[];
  /** Those with anything to say. */
  readonly sections: readonly Section[];
  /** How many templates, grants and requests were not looked at. */
  readonly passedOver: number;
}

/** Judges the proposed files at the tip that `standing` has. */
export function judgeProposal(proposed: ProposedFiles, standing: Standing): ProposalReport {
  const { tip } = standing.world;
  const proposedFiles = proposedTip(tip, proposed);
  const excess = proposed.excess ?? excessOf(proposedFiles, [...proposed.files.keys()]);
  if (excess !== null) {
    const findings = [finding('proposal-too-large', excess)];
    return { findings, faults: [], sections: [], passedOver: 0 };
  }
  const [before, after] = [sideOf(standing, tip), sideOf(standing, proposedFiles)];
  const faults = proposalFaults(tip, proposedFiles, proposed);
  const broken = brokenBy(before, after);
  const against = [
    ...lostProtection(before, after),
    ...faults
      .slice(0, 1)
      .map(({ file, line, message }) => finding('proposal-invalid', `Line ${line} of ${file}: ${message}`)),
    ...brokenFindings(broken),
  ];
  // Where the network cannot be worked out at all, every effect would try it again.
  if (broken.some(({ statement }) => statement === null)) {
    return { findings: against, faults, sections: [statementChanges(broken, before, after)], passedOver: 0 };
  }
  const allowance = new Allowance(objectsOf(tip, before) + objectsOf(proposedFiles, after));
  const sections = [
    statementChanges(broken, before, after),
    grantChanges(before, after, [...proposed.files.keys()], allowance),
    requestChanges(standing, before, after, allowance),
    templateChanges(before, after, allowance),
    ownerChanges(before, after),
  ].filter(({ items }) => items.length > 0);
  return {
    findings: against.length > 0 ? against : [sound(sections)],
    faults,
    sections,
    passedOver: allowance.passedOver,
  };
}

/** The objects of all snapshots together. */
function objectsOf(tip: TipFacts, { policy }: Side): number {
  const clusters = Object.keys(policy?.clusters ?? {});
  return clusters.reduce((sum, cluster) => sum + readSnapshot(tip, cluster).objects.length, 0);
}

function sound(sections: readonly Section[]): Finding {
  const said = sections.flatMap(({ summary }) => summary ?? []);
  return finding(
    'proposal-sound',
    said.length === 0 ? 'Sound: nothing that is granted or asked for changes' : `Sound: ${said.join(', ')}`,
  );
}
