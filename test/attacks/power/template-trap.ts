/** Templates that no rendering may come of, as rows. */
import { templateOf, type Trap } from './trap.ts';

export type Row = readonly [
  name: string,
  refused: string,
  says: RegExp,
  manifests: string,
  parameters?: string,
];

/** The trap of a row. */
export function templateTrap([what, refused, says, manifests, parameters = '']: Row): Trap {
  return {
    name: `a template that ${what}`,
    refused,
    reason: 'invalid-template',
    says,
    namespace: 'payments',
    files: (template) => ({ [`templates/${template}.yaml`]: templateOf(manifests, parameters) }),
  };
}

/** A parameter of the requester's choice. */
export const who = '  parameters:\n    who: {type: string, description: Who., pattern: "[a-z:@.]+"}\n';
