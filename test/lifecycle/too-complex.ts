/** A snapshot of a hundred pods under a hundred policies whose sets of ports are too many to be worked out. */
export function tooComplex(): string {
  const rule = (n: number) =>
    `      - {ports: [{port: ${1 + ((n * 37) % 60_000)}, endPort: ${20 + ((n * 37) % 60_000)}}], from: [{podSelector: {matchLabels: {b${n % 40}: x}}}]}`;
  const policy = (n: number) =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p${n}, namespace: payments}\nspec:\n  podSelector: {matchLabels: {a${n % 40}: x}}\n  policyTypes: [Ingress]\n  ingress:\n${Array.from({ length: 20 }, (_, i) => rule(n * 20 + i)).join('\n')}\n`;
  const labels = (n: number) =>
    Array.from({ length: 40 }, (_, bit) =>
      ((n * 2_654_435_761) >>> (bit % 31)) & 1 ? `a${bit}: x, b${bit}: x` : [],
    )
      .flat()
      .join(', ');
  const pod = (n: number) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: q${n}, namespace: payments, labels: {${labels(n)}}}\nspec: {containers: [{name: c, image: x}]}\n`;
  return Array.from({ length: 100 }, (_, n) => `${policy(n)}---\n${pod(n)}`).join('---\n');
}
