import { describe, expect, test } from 'vitest';
import { ownComment, saysAlready } from '../../src/lifecycle/comments.ts';
import type { CommentFacts } from '../../src/lifecycle/facts.ts';
import { noon, people } from './world.ts';

const botId = people.curfew.id;

function comment(body: string, more: Partial<CommentFacts> = {}): CommentFacts {
  return { id: 1, author: people.curfew, body, createdAt: noon, edited: false, editedBy: null, ...more };
}

describe('our one comment', () => {
  test('is one by the App that carries the marker', () => {
    const own = comment('<!-- curfew -->\nApproved');
    expect(ownComment([comment('Something else'), own], botId)).toBe(own);
  });

  test('stays ours where somebody has edited the marker away, or there would be a second one', () => {
    const own = comment('All is well', { edited: true, editedBy: people.mallory });
    expect(ownComment([own], botId)).toBe(own);
  });

  test('is none by anybody else, whatever it carries', () => {
    const forged = comment('<!-- curfew -->\nApproved', { author: people.mallory });
    expect(ownComment([forged], botId)).toBeNull();
  });

  test('says already what it says, unless there is a second one', () => {
    const own = comment('<!-- curfew -->\nApproved');
    const others = [comment('Something else'), comment(own.body, { author: people.mallory })];
    expect(saysAlready([own, ...others], botId, own.body)).toBe(true);
    expect(saysAlready([own, ...others], botId, 'Waiting')).toBe(false);
    expect(saysAlready([own, comment(own.body, { id: 2 })], botId, own.body)).toBe(false);
    expect(saysAlready([], botId, own.body)).toBe(false);
  });
});
