import { seed } from './power/power.ts';
import { play } from './runner.ts';

play('power', { files: seed() });
