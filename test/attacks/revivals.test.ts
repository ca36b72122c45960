import { play } from './runner.ts';

play('revivals');
