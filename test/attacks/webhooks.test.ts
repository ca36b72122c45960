import { play } from './runner.ts';

play('webhooks');
