/** How `curfew rbac` shows its answers to a person. */
import type { Holder } from '../effect/rbac/can.ts';
import type { CheckedDanger } from '../effect/rbac/check.ts';
import type { RbacDifference } from '../effect/rbac/compare.ts';
import type { Permission } from '../effect/rbac/permission.ts';
import { labelOf } from '../effect/rbac/say.ts';
import type { Severity } from '../base/severity.ts';
import type { CommandIo, Output } from './command.ts';
import { paint } from './paint.ts';
import { printTable } from './table.ts';

export function printHolders(holders: readonly Holder[], io: CommandIo): void {
  if (holders.length === 0) io.stdout.write('nobody\n');
  else
    printTable(
      ['SUBJECT', 'BINDING', 'ROLE'],
      holders.map(({ subject, by }) => [
        labelOf(subject),
        labelOf(by),
        `${by.roleRef.kind} ${by.roleRef.name}`,
      ]),
      io,
    );
}

export function printPermissions(permissions: readonly Permission[], io: CommandIo): void {
  if (permissions.length === 0) {
    io.stdout.write('nothing\n');
    return;
  }
  printTable(
    ['NAMESPACE', 'RESOURCE', 'NAMES', 'VERBS'],
    permissions.map((permission) => {
      const verbs = permission.verbs.join(', ');
      if (permission.kind === 'url') return ['', permission.url, '', verbs];
      const { namespace, group, resource, names } = permission;
      return [namespace ?? '*', group === '' ? resource : `${resource}.${group}`, names.join(', '), verbs];
    }),
    io,
  );
}

export function printDifferences(differences: readonly RbacDifference[], { stdout }: CommandIo): void {
  if (differences.length === 0) stdout.write('no difference\n');
  for (const { subject, gains, losses, dangers, exact } of differences) {
    stdout.write(`${paint(stdout, 'bold', subject)}\n`);
    for (const { severity, message } of dangers)
      stdout.write(`  ${shownSeverity(severity, stdout)} ${message}\n`);
    for (const gain of gains) stdout.write(`  gains: ${gain}\n`);
    for (const loss of losses) stdout.write(`  loses: ${loss}\n`);
    for (const line of exact) stdout.write(`${paint(stdout, 'dim', `    ${line}`)}\n`);
  }
}

export function printDangers(dangers: readonly CheckedDanger[], { stdout }: CommandIo): void {
  if (dangers.length === 0) stdout.write('nothing dangerous\n');
  for (const { severity, rule, message, about, by } of dangers) {
    const source = by.length === 0 ? '' : ` by ${by.join(', ')}`;
    stdout.write(`${shownSeverity(severity, stdout)} ${paint(stdout, 'bold', about)}${source}\n`);
    stdout.write(`  ${message} ${paint(stdout, 'dim', `[${rule}]`)}\n`);
  }
}

function shownSeverity(severity: Severity, output: Output): string {
  return paint(output, severity === 'medium' ? 'yellow' : 'red', severity.padEnd('critical'.length));
}
