/**
 * Queries, parsed and validated once per text: a simulation sends the same few queries hundreds of thousands of times.
 */
import {
  FieldsOnCorrectTypeRule,
  GraphQLError,
  Kind,
  parse,
  specifiedRules,
  validate,
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type ValidationContext,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { shapeError, type ErrorEntry } from './errors.ts';
import { loadSchema } from './schema.ts';

export type Prepared =
  | { readonly ok: true; readonly document: DocumentNode }
  | { readonly ok: false; readonly errors: readonly ErrorEntry[] };

/** Validity depends on the text and the schema alone, so every sandbox of the process shares the cache. */
const prepared = new LRUCache<string, Prepared>({ max: 500 });

const rules = [...specifiedRules.filter((rule) => rule !== FieldsOnCorrectTypeRule), fieldExists];

/** Parses and validates a query against GitHub's schema; the same text is done once. */
export function prepare(query: string): Prepared {
  const known = prepared.get(query);
  if (known !== undefined) return known;
  const fresh = parseAndValidate(query);
  prepared.set(query, fresh);
  return fresh;
}

function parseAndValidate(query: string): Prepared {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { ok: false, errors: [shapeError(error)] };
  }
  const errors = validate(loadSchema(), document, rules);
  return errors.length === 0 ? { ok: true, document } : { ok: false, errors: errors.map(shapeError) };
}

/** A field that the schema lacks, in GitHub's words and with its code and path. */
function fieldExists(context: ValidationContext): ASTVisitor {
  return {
    Field(node, _key, _parent, _path, ancestors) {
      const type = context.getParentType();
      if (!type || context.getFieldDef()) return;
      const field = node.name.value;
      context.reportError(
        new GraphQLError(`Field '${field}' doesn't exist on type '${type.name}'`, {
          nodes: node,
          path: [...pathOf(ancestors), field],
          extensions: { code: 'undefinedField', typeName: type.name, fieldName: field },
        }),
      );
    },
  };
}

/** `["query Name", "repository", "... on User"]`, as GitHub writes where in the document an error is. */
function pathOf(ancestors: readonly (ASTNode | readonly ASTNode[])[]): readonly string[] {
  return ancestors.flatMap((ancestor) => ('kind' in ancestor ? (stepOf(ancestor) ?? []) : []));
}

function stepOf(node: ASTNode): string | undefined {
  if (node.kind === Kind.OPERATION_DEFINITION) {
    return node.name === undefined ? node.operation : `${node.operation} ${node.name.value}`;
  }
  if (node.kind === Kind.FRAGMENT_DEFINITION) return `fragment ${node.name.value}`;
  if (node.kind === Kind.INLINE_FRAGMENT) {
    return node.typeCondition === undefined ? '...' : `... on ${node.typeCondition.name.value}`;
  }
  return node.kind === Kind.FIELD ? (node.alias ?? node.name).value : undefined;
}
