import { play } from './runner.ts';

play('content');
