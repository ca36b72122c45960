import { play } from './runner.ts';

play('others');
