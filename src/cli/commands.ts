/** The commands of `curfew`, in the order in which help lists them. To add one: its file, and a line here. */
import type { CommandTable } from './dispatch.ts';

export const commands: CommandTable = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  start: async () => (await import('./start.ts')).startCommand,
  validate: async () => (await import('./validate.ts')).validateCommand,
  manifests: async () => (await import('./manifests.ts')).manifestsCommand,
  owners: async () => (await import('./owners.ts')).ownersCommand,
  rbac: async () => (await import('./rbac.ts')).rbacCommand,
  network: async () => (await import('./network.ts')).networkCommand,
  plan: async () => (await import('./plan.ts')).planCommand,
  access: async () => (await import('./access.ts')).accessCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  snapshot: async () => (await import('./snapshot.ts')).snapshotCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  guard: async () => (await import('./guard.ts')).guardCommand,
};
