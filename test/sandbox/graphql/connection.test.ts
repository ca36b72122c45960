import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createComment } from '../../../src/sandbox/operations/comments.ts';
import { makeWorld, type World } from './world.ts';

const commentsQuery = `query ($first: Int, $last: Int, $after: String, $before: String) {
  repository(owner: "acme", name: "access") {
    pullRequest(number: 1) {
      comments(first: $first, last: $last, after: $after, before: $before) {
        totalCount
        nodes { body }
        edges { cursor node { body } }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
      }
    }
  }
}`;

interface Page {
  readonly totalCount: number;
  readonly bodies: readonly string[];
  readonly cursors: readonly string[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
  };
}

function page(world: World, variables: object): Page {
  const data: {
    repository: {
      pullRequest: {
        comments: {
          totalCount: number;
          nodes: { body: string }[];
          edges: { cursor: string; node: { body: string } }[];
          pageInfo: Page['pageInfo'];
        };
      };
    };
  } = JSON.parse(JSON.stringify(world.data(commentsQuery, variables)));
  const { totalCount, nodes, edges, pageInfo } = data.repository.pullRequest.comments;
  const bodies = nodes.map(({ body }) => body);
  expect(edges.map(({ node }) => node.body)).toEqual(bodies);
  return { totalCount, bodies, cursors: edges.map(({ cursor }) => cursor), pageInfo };
}

/** A pull request with that many comments: `c1`, `c2`, … */
function withComments(count: number): World {
  const world = makeWorld();
  const pullRequest = world.propose('erin', 'topic', { a: 'a' });
  for (let index = 1; index <= count; index += 1) {
    createComment(world.sandbox, world.as('erin'), pullRequest, `c${index}`);
  }
  return world;
}

function walk(world: World, size: number): string[] {
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { bodies, pageInfo } = page(world, { first: size, after });
    seen.push(...bodies);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return seen;
}

test('pages of any size, one after the other, give the whole list once', () => {
  const world = withComments(12);
  const all = Array.from({ length: 12 }, (_, index) => `c${index + 1}`);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), (size) => {
      expect(walk(world, size)).toEqual(all);
    }),
    { numRuns: 30 },
  );
});

test('backwards pages end before their cursor', () => {
  const world = withComments(5);
  const last = page(world, { last: 2 });
  expect(last).toMatchObject({ totalCount: 5, bodies: ['c4', 'c5'] });
  expect(last.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
  const before = page(world, { last: 2, before: last.pageInfo.startCursor });
  expect(before).toMatchObject({
    bodies: ['c2', 'c3'],
    pageInfo: { hasPreviousPage: true, hasNextPage: true },
  });
});

test('a cursor keeps its place whatever is deleted before it, its own item included', () => {
  const all = Array.from({ length: 8 }, (_, index) => `c${index + 1}`);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.subarray(all), (size, deleted) => {
      const world = withComments(8);
      const comments = world.repository.issues.get(1)?.comments ?? [];
      const first = page(world, { first: size });
      const left = comments.filter(({ body }) => !deleted.includes(body));
      comments.splice(0, comments.length, ...left);
      const rest = page(world, { first: 100, after: first.pageInfo.endCursor });
      expect(rest.bodies).toEqual(all.slice(size).filter((body) => !deleted.includes(body)));
    }),
    { numRuns: 15 },
  );
});

test('an empty list has no cursors', () => {
  expect(page(withComments(0), { first: 10 })).toMatchObject({
    totalCount: 0,
    bodies: [],
    pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
  });
});

test('the count alone needs no boundary', () => {
  const world = withComments(3);
  expect(world.inRepository('pullRequest(number: 1) { comments { totalCount } }')).toEqual({
    pullRequest: { comments: { totalCount: 3 } },
  });
});

test.each([
  [
    {},
    'MISSING_PAGINATION_BOUNDARIES',
    'You must provide a `first` or `last` value to properly paginate the `comments` connection.',
  ],
  [
    { first: 101 },
    'EXCESSIVE_PAGINATION',
    'Requesting 101 records on the `comments` connection exceeds the `first` limit of 100 records.',
  ],
  [
    { last: 101 },
    'EXCESSIVE_PAGINATION',
    'Requesting 101 records on the `comments` connection exceeds the `last` limit of 100 records.',
  ],
  [{ first: -1 }, 'UNPROCESSABLE', '`first` on the `comments` connection cannot be less than zero.'],
  [
    { first: 1, last: 1 },
    'UNPROCESSABLE',
    'Passing both `first` and `last` to paginate the `comments` connection is not supported.',
  ],
  [{ first: 1, after: 'abc' }, 'INVALID_CURSOR_ARGUMENTS', '`abc` does not appear to be a valid cursor.'],
])('%j is refused', (variables, type, message) => {
  const { data, errors } = withComments(1).ask(commentsQuery, variables);
  expect(data).toEqual({ repository: { pullRequest: null } });
  expect(errors).toMatchObject([{ type, message, path: ['repository', 'pullRequest', 'comments'] }]);
});

test('a boundary is required although the nodes are behind a fragment', () => {
  const query = `{ repository(owner: "acme", name: "access") { pullRequests { ...P } } }
    fragment P on PullRequestConnection { ... on PullRequestConnection { nodes { id } } }`;
  expect(makeWorld().ask(query).errors).toMatchObject([{ type: 'MISSING_PAGINATION_BOUNDARIES' }]);
});
