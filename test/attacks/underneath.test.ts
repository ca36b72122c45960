import { play } from './runner.ts';

play('underneath');
