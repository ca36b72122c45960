/** The barest payload that GitHub's own schema of webhooks allows, for every event and action. */
import schema from '@octokit/webhooks-schemas' with { type: 'json' };

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
};

const definitions: Readonly<Record<string, Schema>> = schema.definitions;

/** Every definition of an event, `pull_request$opened`, with a payload; objects hold only what is required. */
export function webhookSamples(): readonly {
  readonly name: string;
  readonly event: string;
  readonly payload: object;
}[] {
  return Object.keys(definitions)
    .filter((name) => name.includes('$') || ['push_event', 'status_event'].includes(name))
    .map((name) => ({
      name,
      event: name.replace(/_event$/, '').split('$')[0] ?? '',
      payload: { ...Object(sample(definitions[name] ?? {})), installation: { id: 3 } },
    }));
}

function sample(schema: Schema): unknown {
  if (schema.$ref !== undefined) return sample(definitions[schema.$ref.replace('#/definitions/', '')] ?? {});
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined) return sample(alternatives[0] ?? {});
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((part) => sample(part)));
  const [type] = [schema.type].flat();
  if (type === 'object' || schema.properties !== undefined) {
    const { properties = {}, required = [] } = schema;
    return Object.fromEntries(required.map((key) => [key, sample(properties[key] ?? {})]));
  }
  if (type === 'array') return [];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  if (type === 'null') return null;
  return 'a'.repeat(40);
}
