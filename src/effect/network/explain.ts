/** A verdict in words: who isolates, who allows, who is missing. */
import { formatAddress } from './addresses.ts';
import { policyName, type Direction } from './policy.ts';
import type { End, Side, Verdict } from './verdict.ts';
import { joinWords } from './words.ts';
import { podText } from './world.ts';

/** `payments/web-0[Pod]`, `payments/web[Deployment]`, `192.0.2.1`. */
export function endText(end: End): string {
  return end.kind === 'pod' ? podText(end.pod) : formatAddress(end.address);
}

/** One line for each side that has policies: first the egress of the source, then the ingress of the destination. */
export function explain(
  { self, egress, ingress }: Verdict,
  source: End,
  destination: End,
): readonly string[] {
  if (self) return ['a pod always reaches itself'];
  return [
    ...(egress === null ? [] : [explainSide(egress, 'egress', endText(source))]),
    ...(ingress === null ? [] : [explainSide(ingress, 'ingress', endText(destination))]),
  ];
}

function explainSide({ isolating, allowing }: Side, direction: Direction, name: string): string {
  if (isolating.length === 0) return `${direction} of ${name} is open: no policy isolates it`;
  if (allowing.length === 0) {
    const policies = joinWords(isolating.map(policyName));
    return `${direction} of ${name} is closed: ${policies} isolate${isolating.length === 1 ? 's' : ''} it, and no rule allows this`;
  }
  const rules = allowing.map(({ policy, rule }) => `${policyName(policy)} (${direction} rule ${rule + 1})`);
  return `${direction} of ${name} is allowed by ${joinWords(rules)}`;
}
