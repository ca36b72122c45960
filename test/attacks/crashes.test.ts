import { play } from './runner.ts';

play('crashes');
