/** What can happen in a step, by name. Each takes its chances from the dice of its step. */
import * as asking from './asking.ts';
import * as house from './housekeeping.ts';
import { files, policyVariants, roleVariants } from './scenery.ts';
import type { Stage } from './stage.ts';

interface Action {
  /** How often it is chosen, against the others. */
  readonly weight: number;
  readonly act: asking.Act;
}

function waiting(minutes: readonly number[]): asking.Act {
  return (stage, dice) => stage.world.clock.advance(60_000 * dice.pick(minutes));
}

/** Actions by name. Those that only the history itself can do stand here for their weight. */
const table = {
  open: { weight: 8, act: asking.open },
  'open a plain one': { weight: 4, act: asking.openPlain },
  'open a spoiled one': { weight: 4, act: asking.openSpoiled },
  'open a change': { weight: 1, act: asking.openModification },
  'open for nobody': { weight: 1, act: asking.openUnknown },
  'open from a fork': { weight: 1, act: asking.openFromFork },
  'open by mallory': { weight: 0, act: asking.openByMallory },
  'open as a bot': { weight: 1, act: asking.openAsBot },
  'open an endless one': { weight: 0, act: asking.openEndless },
  'open a proposal': { weight: 3, act: asking.openProposal },
  'open an approved one': { weight: 2, act: asking.openApproved },
  'open twin': { weight: 1, act: asking.openTwin },
  'open removal': { weight: 3, act: asking.openRemoval },
  approve: { weight: 5, act: asking.review('APPROVE') },
  'approve all': { weight: 5, act: asking.approveAll },
  'approve by the pusher': { weight: 1, act: asking.approveByPusher },
  'approve an older commit': { weight: 1, act: asking.approveOlder },
  push: { weight: 3, act: asking.push },
  'push for another': { weight: 2, act: asking.pushForAnother },
  'request changes': { weight: 1, act: asking.review('REQUEST_CHANGES') },
  dismiss: { weight: 2, act: asking.dismiss },
  'merge by the author': { weight: 1, act: asking.merge('alice') },
  'merge past the rules': { weight: 3, act: asking.merge('erin') },
  'merge, then approve': { weight: 2, act: asking.mergeThenApprove },
  'use a path again': { weight: 2, act: asking.reusePath },
  close: { weight: 1, act: asking.setState('people', 'closed') },
  'close the revert': { weight: 1, act: asking.setState('ours', 'closed') },
  reopen: { weight: 1, act: asking.setState('people', 'open') },
  draft: { weight: 1, act: asking.toggleDraft },
  retarget: { weight: 2, act: asking.retarget },
  revoke: { weight: 3, act: asking.revoke },
  'revoke as a stranger': { weight: 1, act: asking.revokeAsStranger },
  'forge a command': { weight: 1, act: asking.forgeCommand },
  'delete our comment': { weight: 1, act: asking.deleteOwnComment },
  'edit our comment': { weight: 1, act: asking.editOwnComment },
  'change the policy': { weight: 4, act: house.changePolicy },
  'change the template': { weight: 2, act: house.changeTemplate },
  'change the role': { weight: 2, act: house.changeRole },
  'change the owners': { weight: 2, act: house.changeOwners },
  'change the protection': { weight: 2, act: house.changeProtection },
  'change foreign checks': { weight: 1, act: house.changeRules('check') },
  'change merge methods': { weight: 1, act: house.changeRules('unmergeable') },
  'change branch rules': { weight: 1, act: house.changeRules('branches') },
  'set a status': { weight: 1, act: house.setStatus },
  'take the tip': { weight: 1, act: house.report('success') },
  'refuse the tip': { weight: 1, act: house.report('failure') },
  'rename the branch': { weight: 1, act: house.renameMain },
  /** For plots: what chance does in other ways too. */
  'restrict everybody': { weight: 0, act: house.put(files.policy, policyVariants.oneEach) },
  pause: { weight: 0, act: house.put(files.policy, policyVariants.paused) },
  'let the role make Secrets': { weight: 0, act: house.put(files.role, roleVariants[3]) },
  'widen the role': { weight: 1, act: house.put(files.role, roleVariants[1]) },
  'let alice go': { weight: 1, act: house.letGo('alice', 'engineers') },
  'touch a grant': { weight: 3, act: house.touchGrant },
  'delete a grant': { weight: 1, act: house.deleteGrant },
  'bring back': { weight: 3, act: house.bringBack },
  forge: { weight: 2, act: house.forge },
  'touch a request': { weight: 2, act: house.touchRequest },
  'change a team': { weight: 4, act: house.changeTeam },
  'change a writer': { weight: 1, act: house.changeWriter },
  'push to a branch of ours': { weight: 1, act: house.pushToOwnBranch },
  'approve everything': { weight: 1, act: (stage: Stage) => asking.approveEverything(stage) },
  /** Time passes; the app wakes by its own timers. */
  wait: { weight: 5, act: waiting([1, 6, 11, 31, 61, 121]) },
  'wait for an hour': { weight: 1, act: waiting([62]) },
  'wait for half a day': { weight: 1, act: waiting([700, 1500]) },
  /** Two sweeps without trouble. */
  calm: { weight: 5, act: () => {} },
  /** The clock of a machine jumps: by a day, by hours, by minutes; or is put right. */
  'clock ahead': { weight: 1, act: () => {} },
  'clock behind': { weight: 1, act: () => {} },
  'clock off': { weight: 1, act: () => {} },
  'clock right': { weight: 1, act: () => {} },
  /** What was held back of deliveries arrives, newest first. */
  release: {
    weight: 1,
    act: (stage: Stage) => stage.world.sandbox.deliveries.release((held) => held.toReversed()),
  },
  restart: { weight: 1, act: () => {} },
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof table;

export const actions: Readonly<Record<ActionName, Action>> = table;

/** Every name as often as its weight says. */
export const weightedNames: readonly ActionName[] = Object.keys(table)
  .filter((name): name is ActionName => name in table)
  .flatMap((name) => Array.from({ length: table[name].weight }, () => name));
