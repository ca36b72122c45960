import { play } from './runner.ts';

play('reverts');
