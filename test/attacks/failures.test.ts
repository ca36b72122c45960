import { play } from './runner.ts';

play('failures');
