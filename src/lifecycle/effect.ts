/** What a grant changes in all: permissions and connections under one heading, for one approval. */
import { sha256 } from '../base/digest.ts';
import { isJsonObject } from '../base/json-type.ts';
import type { JsonObject, KubernetesObject } from '../base/json.ts';
import { bySeverity } from '../base/severity.ts';
import type { Effect } from '../effect/effect.ts';
import { judgeNetwork } from '../effect/network/judge.ts';
import { judgeRbac } from '../effect/rbac/judge.ts';
import { openSessions, refuseOutliving } from '../effect/sessions.ts';
import type { ApprovalDemand, EffectiveLimits, Policy } from '../policy/policy.ts';
import type { RequestPath } from '../request/request.ts';
import type { CatalogRole } from '../template/template.ts';
import type { FileFacts, TipFacts } from './facts.ts';
import { invariantDangers } from './invariants.ts';
import { readSnapshot, readTrusted, type Snapshot } from './trusted.ts';

/** The objects of a grant, and what they would meet in the cluster. */
export interface EffectQuestion {
  readonly objects: readonly KubernetesObject[];
  readonly roles: readonly CatalogRole[];
  readonly tip: TipFacts;
  readonly policy: Policy;
  readonly limits: EffectiveLimits;
  readonly subjectUser: string;
  readonly path: RequestPath;
}

/** What a grant changes, in permissions and in the network. */
export interface GrantEffect extends Effect {
  /** Of the gains, those in the network. */
  readonly connections: readonly string[];
  /** What would do as well or better, in sentences. */
  readonly advice: readonly string[];
  /** What the subject holds anyway, in the words of `gains`. */
  readonly alreadyHeld: readonly string[];
  /** What the holder can become, and what may outlive the grant, in sentences. */
  readonly consequences: readonly string[];
  /** What stays open when the grant ends, each with its bound, in sentences. */
  readonly openSessions: readonly string[];
  /** What the network limits of the policy demand beside its entry. */
  readonly approvals: readonly ApprovalDemand[];
  /** The default-deny policy that the namespace lacks; null where it has one, or nobody knows. */
  readonly baseline: KubernetesObject | null;
  /** What changes in the network, as the source of a Mermaid graph; null where nothing does. */
  readonly mermaid: string | null;
}

/** By the same snapshots, policy and catalog the same objects have the same effect, and every sweep asks for it again. */
const memory = new WeakMap<readonly FileFacts[], Map<string, GrantEffect>>();

/** More are forgotten at once: what is asked again is worked out again. */
const mostRemembered = 2000;

/** Judges the objects of a grant; the same question about the same files is judged once. */
export function judgeEffect(question: EffectQuestion): GrantEffect {
  const { tip, objects, limits, subjectUser, path } = question;
  const known = memory.get(tip.clusters) ?? new Map<string, GrantEffect>();
  memory.set(tip.clusters, known);
  const files = [
    tip.policy?.sha ?? '',
    ...[...tip.roles, ...tip.templates].map(({ mode, sha }) => `${mode} ${sha}`),
  ];
  const key = sha256([files, objects, limits.network, limits.openSessions, subjectUser, path]);
  const effect = known.get(key) ?? judge(question);
  if (known.size >= mostRemembered) known.clear();
  known.set(key, effect);
  return effect;
}

/**
 * Only the committed snapshots are taken into account, not what other grants do just
 * now: else an approval would be void because somebody else's access has ended.
 */
function judge(question: EffectQuestion): GrantEffect {
  const { objects, roles, tip, policy, limits, subjectUser, path } = question;
  const snapshot = readSnapshot(tip, path.cluster);
  const rbac = judgeRbac({
    snapshot: snapshot.objects,
    roles,
    grant: objects,
    subjectUser,
    scope: path,
  });
  const network = judgeNetwork({
    grant: objects,
    roles,
    scope: path,
    clusters: Object.entries(policy.clusters).map(([name, { environment }]) => {
      const known = readSnapshot(tip, name);
      return { name, environment, snapshot: known.present ? known.objects : null };
    }),
    limits: limits.network,
  });
  const sessions = openSessions(objects, roles);
  return {
    gains: [...rbac.gains, ...network.gains],
    connections: network.gains,
    dangers: [
      ...rbac.dangers,
      ...network.dangers,
      ...invariantDangers(tip, path.cluster, objects),
      ...(limits.openSessions === 'end' ? refuseOutliving(sessions) : []),
    ].toSorted(bySeverity),
    unknown: [...unreadFiles(snapshot), ...rbac.unknown, ...network.unknown],
    exact: [...rbac.exact, ...network.exact],
    advice: [
      ...(rbac.unnecessary ? [`${subjectUser} holds all of these permissions anyway`] : []),
      ...(network.baseline === null
        ? []
        : [
            'the namespace has no default-deny policy: with the one below, what no policy allows would be closed',
          ]),
      ...rbac.narrower.map(
        (role) => `${templatesWith(role, tip, path)} would be enough for what is new, and gives less`,
      ),
    ],
    alreadyHeld: rbac.alreadyHeld,
    consequences: [...rbac.escalations, ...rbac.leftBehind.map((what) => `leave behind ${what}`)],
    openSessions: sessions.open,
    approvals: network.approvals,
    baseline: network.baseline,
    mermaid: network.mermaid,
  };
}

/** The templates of the same scope that bind a role, for people ask for templates; the role where none does. */
function templatesWith(role: string, tip: TipFacts, { namespace }: RequestPath): string {
  const scope = namespace === null ? 'cluster' : 'namespace';
  const names = [...readTrusted(tip).templates.values()]
    .filter(({ value }) => value.scope === scope && value.manifests.some((object) => binds(object, role)))
    .map(({ value }) => value.name);
  return names.length === 0 ? `the role ${role}` : `the template ${names.join(' or ')}`;
}

function binds({ roleRef }: JsonObject, role: string): boolean {
  return isJsonObject(roleRef) && roleRef['name'] === role;
}

function unreadFiles({ faults }: Snapshot): readonly string[] {
  return faults.map(({ file, line, message }) => `what ${file} says: line ${line}: ${message}`);
}
