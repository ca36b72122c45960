import { play } from './runner.ts';

play('approval');
