/** Bindings that are dangerous for whom they are for, and roles that are for their labels. */
import type { Severity } from '../../../base/severity.ts';

/** A kind of subject that no binding should be for. */
export interface SubjectRow {
  readonly id: string;
  readonly severity: Severity;
  /** Names of users or groups; one that ends in a star means every name that begins so. */
  readonly names: readonly string[];
  /** The beginning of the sentence, before the name. */
  readonly what: string;
  readonly why: string;
  readonly harmless: string;
  readonly source: string;
  readonly refusedAlways: boolean;
}

export const subjectRows: readonly SubjectRow[] = [
  {
    id: 'bound-to-masters',
    severity: 'critical',
    names: ['system:masters'],
    what: 'a binding for',
    why: 'its members pass every authorizer, and no binding can take that from them',
    harmless: 'nothing does; nobody should be in it',
    source: 'K8s, Kubescape C-0185, Trivy KSV-0123',
    refusedAlways: true,
  },
  {
    id: 'bound-to-everyone',
    severity: 'critical',
    names: ['system:anonymous', 'system:unauthenticated', 'system:authenticated', 'system:serviceaccounts'],
    what: 'a binding for',
    why: 'that is everyone who reaches the API server, or every pod',
    harmless: 'what Kubernetes itself gives everyone: discovery, versions, questions about oneself',
    source: 'K8s, krane, Kubescape C-0262 C-0265, Trivy KSV-0122',
    refusedAlways: true,
  },
  {
    id: 'bound-to-every-pod',
    severity: 'high',
    names: ['system:serviceaccounts:*'],
    what: 'a binding for',
    why: 'that is every pod of the namespace, also one that is only just created',
    harmless: 'what Kubernetes itself gives everyone',
    source: 'K8s, krane',
    refusedAlways: true,
  },
];

/** The labels by which a ClusterRole becomes part of a default role, after this prefix. */
export const aggregateLabel = 'rbac.authorization.k8s.io/aggregate-to-';

export const feedsDefaultRole = {
  id: 'feeds-default-role',
  severity: 'high',
  why: 'everyone who holds that default role then holds its rules too',
  harmless: 'rules that all holders of the default role have anyway',
  source: 'Curfew',
} as const;
