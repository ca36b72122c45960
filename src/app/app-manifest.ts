/**
 * How Curfew is registered with GitHub: the manifest of its App, with the least permissions and exactly the events that
 * it uses. See GitHub's "Registering a GitHub App from a manifest".
 */
import { alwaysDelivered, eventNames, type EventName } from './events.ts';
import { webhookPath } from './http.ts';

/** The manifest, as GitHub takes it. */
export interface AppManifest {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly public: boolean;
  readonly redirect_url: string;
  readonly hook_attributes: { readonly url: string; readonly active: boolean };
  readonly default_permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly default_events: readonly EventName[];
}

/** Never workflows, never administration: Curfew can neither change what runs in CI nor the rules that it is held to. */
const permissions = {
  // Organization: who is in which team.
  members: 'read',
  // Repository.
  checks: 'write',
  contents: 'write',
  issues: 'write',
  merge_queues: 'read',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'read',
} as const;

/** The manifest of an App that is delivered to at `baseUrl`, the address under which GitHub reaches Curfew. */
export function appManifest(baseUrl: URL, name: string): AppManifest {
  return {
    name,
    url: baseUrl.href,
    description: 'Kubernetes access that ends on time: requested by pull request, approved by code owners.',
    // Only the organization that owns it can install it.
    public: false,
    redirect_url: baseUrl.href,
    hook_attributes: { url: new URL(webhookPath.slice(1), baseUrl).href, active: true },
    default_permissions: permissions,
    default_events: eventNames.filter((event) => !alwaysDelivered.has(event)),
  };
}
