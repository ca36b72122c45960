/** Which attack plays which phrase of the list of attacks that must fail: data, and the page that shows it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { groups } from './groups.ts';

const phrase = z.strictObject({
  /** As the list has it. */
  says: z.string(),
  /** `<group>: <name>` of each attack that plays it. */
  played: z.array(z.string()),
  /** What there is to know where no attack can be played. */
  besides: z.string().optional(),
  /** Played against a live API server: a file, and what the test in it says. */
  cluster: z.record(z.string(), z.string()).optional(),
});

const sections = z.array(z.strictObject({ section: z.string(), phrases: z.array(phrase) }));

export const coverage = sections.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'coverage.json'), 'utf8')),
);

/** Every attack as the table of `npm run attacks` names it. */
export const attackNames: readonly string[] = Object.entries(groups).flatMap(([group, attacks]) =>
  attacks.map(({ name }) => `${group}: ${name}`),
);

/** The page test/attacks/README.md. */
export function coverageDocument(): string {
  const named = new Set(coverage.flatMap(({ phrases }) => phrases.flatMap(({ played }) => played)));
  const beyond = attackNames.filter((name) => !named.has(name));
  return [
    '# Attacks that must fail',
    '',
    'Each attack is played by what a person has at hand (git, REST, webhooks) against the running app and the embedded',
    'GitHub, and ends with no grant, nothing lost, and a reason that a person understands. `npm run attacks` plays them',
    'and prints one table. This page is written from `coverage.json` by `npm run generate`; a test holds it to the attacks',
    'that there are.',
    '',
    ...coverage.flatMap(({ section, phrases }) => [
      `## ${section}`,
      '',
      '| attack | played by |',
      '| --- | --- |',
      ...phrases.map((each) => `| ${cell(each.says)} | ${cell(players(each))} |`),
      '',
    ]),
    '## Beyond the list',
    '',
    ...beyond.map((name) => `- ${cell(name)}`),
    '',
  ].join('\n');
}

function players({ played, besides, cluster = {} }: z.infer<typeof phrase>): string {
  const live = Object.entries(cluster).map(([file, test]) => `\`${file}\`: ${test}`);
  return [...played, ...live, ...(besides === undefined ? [] : [besides])].join('<br>');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}
