import { play } from './runner.ts';

play('holds');
