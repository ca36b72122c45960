/** Whether the clusters say what becomes of a commit: without that, what one refuses holds up its revocations. */
import { judgeRefusals, reportPrefix } from '../lifecycle/refused-by-cluster.ts';
import { readTrusted } from '../lifecycle/trusted.ts';
import { note, problem, type Diagnosis, type DoctorFacts } from './doctor-diagnosis.ts';

export function checkClusters({ tip, verdicts, clocks }: DoctorFacts): readonly Diagnosis[] {
  const clusters = readTrusted(tip).policy?.value.clusters ?? {};
  const { failing } = judgeRefusals(verdicts, [], clocks.github);
  return Object.entries(clusters).flatMap(([cluster, { reporter }]) => {
    if (reporter === undefined) {
      return note(
        'clusters',
        `Nobody reports whether ${cluster} takes a commit: a grant that it refuses would hold up revocations there until the guard or a person sees to it`,
        `name the account of its GitOps engine as clusters.${cluster}.reporter of the policy; see docs/cluster.md`,
      );
    }
    const refused = failing.get(cluster);
    if (refused !== undefined)
      return problem('clusters', refused.message.split(':', 1)[0] ?? '', 'look at its GitOps engine');
    const revisions = verdicts.get(cluster) ?? [];
    const isSilent = revisions.every(({ taken, refusedSince }) => !taken && refusedSince === null);
    if (!isSilent) return [];
    return problem(
      'clusters',
      `${reporter.login} (${reporter.id}) has said of none of the newest ${revisions.length} commits whether ${cluster} took it`,
      `see that it may write commit statuses, that its id is ${reporter.id}, and that the context is ${reportPrefix}${cluster}`,
    );
  });
}
