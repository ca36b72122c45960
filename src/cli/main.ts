#!/usr/bin/env node
/** The program `curfew`. */
import { commands } from './commands.ts';
import { dispatch } from './dispatch.ts';
import { processIo } from './io.ts';

// Not process.exit(): what is still on its way into a pipe would be lost.
process.exitCode = await dispatch(process.argv.slice(2), processIo(), commands);
