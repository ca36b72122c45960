/** What the access repository may grant at most on this cluster, by the ceilings that its administrators keep. */
import { grantAnnotations } from '../../../base/grant-marks.ts';
import { beginning, end, grantResources, quoted, times, type RuleSet } from './rule.ts';

/** By how much the clock of whoever granted may be ahead of the API server's, without a grant being refused for it. */
const tolerance = '1m';

/** The entries of a ceiling that is a list: one a line. */
function lines(key: string): string {
  return `params.data.${key}.split('\\n').filter(line, line != '')`;
}

/**
 * Whether a text fits one of the patterns of a ceiling, in which each `*` stands for any run of characters and everything
 * else for itself, as `matchesGlob` of `src/policy` reads them too. Between \Q and \E nothing has a meaning; see
 * https://github.com/google/re2/wiki/Syntax
 */
function fits(text: string, key: string): string {
  const [begin, close] = ['\\Q', '\\E'];
  const literal = `pattern.replace(${quoted(close)}, ${quoted(`${close}\\${close}${begin}`)})`;
  const glob = `${literal}.replace('*', ${quoted(`${close}.*${begin}`)})`;
  return `variables.${key}.exists(pattern, ${text}.matches(${quoted(`^${begin}`)} + ${glob} + ${quoted(`${close}$`)}))`;
}

// Kinds differ in their fields: dyn() says that they are looked up, not known.
const isBinding = "request.resource.resource.endsWith('rolebindings')";

export const ceilingRules: RuleSet = {
  name: 'curfew-ceilings',
  about: 'No new object of a grant goes past the ceilings of this cluster.',
  concerns: 'labelled',
  operations: ['CREATE'],
  resources: grantResources,
  ceilings: true,
  variables: {
    ...times,
    protectedNamespaces: lines('protectedNamespaces'),
    users: lines('users'),
    roles: `request.resource.resource == 'clusterrolebindings' ? ${lines('clusterRoles')} : ${lines('roles')}`,
  },
  rules: [
    {
      name: 'this-cluster',
      expression: `variables.annotations[?${quoted(grantAnnotations.cluster)}].orValue('') == params.data.cluster`,
      message: `${grantAnnotations.cluster} is not the name of this cluster; apply grants/<cluster>/ to the cluster that it names`,
    },
    {
      name: 'end-within-the-ceiling',
      // From its beginning too: a Pod may run that long, whenever it starts.
      expression: `!variables.timed || (
  ${end} <= timestamp(object.metadata.creationTimestamp) + duration(params.data.maxDuration) + duration('${tolerance}') &&
  ${end} - ${beginning} <= duration(params.data.maxDuration))`,
      message: `${grantAnnotations.expiresAt} is further away, or further from ${grantAnnotations.grantedAt}, than maxDuration of this cluster's ceilings; ask for less, or have an administrator raise it`,
    },
    {
      name: 'unprotected-namespace',
      expression: `!${fits("request.?namespace.orValue('')", 'protectedNamespaces')}`,
      message: "the namespace is among protectedNamespaces of this cluster's ceilings: no grant reaches it",
    },
    {
      name: 'role-within-the-ceiling',
      expression: `!${isBinding} || dyn(object).roleRef.name in variables.roles`,
      message:
        "the role is not among roles (for a whole cluster: clusterRoles) of this cluster's ceilings; take another template, or have an administrator add it",
    },
    {
      name: 'user-within-the-ceiling',
      expression: `!${isBinding} || dyn(object).?subjects.orValue([]).all(subject, ${fits('subject.name', 'users')})`,
      message:
        "the user is not among users of this cluster's ceilings: have an administrator add them there, and in the policy",
    },
  ],
};
