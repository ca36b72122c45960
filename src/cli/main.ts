#!/usr/bin/env node
/** The program `curfew`. */
import { enableCompileCache } from 'node:module';

// Before anything else is loaded: from the second start on, nothing has to be compiled again.
enableCompileCache();
const [{ commands }, { dispatch }, { processIo }] = await Promise.all([
  import('./commands.ts'),
  import('./dispatch.ts'),
  import('./io.ts'),
]);

// Not process.exit(): what is still on its way into a pipe would be lost.
process.exitCode = await dispatch(process.argv.slice(2), processIo(), commands);
