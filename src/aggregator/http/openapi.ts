import type { JsonSchema } from './parameters.ts'
import { ROUTES, type Route } from './routes.ts'
import { SCHEMAS } from './schemas.ts'

const json = (name: string): object => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } }
})
const error = (description: string): object => ({ description, content: json('ApiError') })

/** Describes the whole interface, as OpenAPI 3.1 has it. */
export function describeApi(): JsonSchema {
  const paths: Record<string, Record<string, object>> = {}
  for (const [id, route] of Object.entries(ROUTES)) {
    const path = openApiPath(route.path)
    paths[path] = { ...paths[path], [route.method]: describe(id, route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'fil-heartbeat aggregator',
      version: '1',
      description:
        'Who is there on a Filecoin network, as their heartbeats tell. Moments are in ms since 1970, heights in decimal digits.'
    },
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'fil-heartbeat-session' }
      }
    },
    security: [{}, { token: [] }, { session: [] }]
  }
}

/** A path of Hono's as OpenAPI writes it. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}').replace('*', '{file}')
}

function describe(operationId: string, route: Route): object {
  const { path, query, answer, others = {}, open, summary } = route
  const inPath = [...openApiPath(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' }
  }))
  const inQuery = Object.entries(query).map(([name, { description, schema }]) => ({
    name,
    in: 'query',
    description,
    schema,
    ...(description.includes('required') && { required: true })
  }))
  const refusals = {
    400: 'A parameter is wrong; the answer names it.',
    ...(open !== true && { 401: 'The access token is missing or wrong.' }),
    ...others
  }
  return {
    operationId,
    summary,
    parameters: [...inPath, ...inQuery],
    ...(operationId === 'login' && { requestBody: TOKEN_BODY }),
    ...(open && { security: [] }),
    responses: {
      ...good(answer),
      ...Object.fromEntries(Object.entries(refusals).map(([status, text]) => [status, error(text)]))
    }
  }
}

const TOKEN_BODY = {
  required: true,
  content: {
    'application/json': {
      schema: { type: 'object', properties: { token: { type: 'string' } }, required: ['token'] }
    }
  }
}

function good(answer: Route['answer']): object {
  if (answer === 'nothing') return { 204: { description: 'Done.' } }
  if (typeof answer === 'string')
    return { 200: { description: 'The answer.', content: json(answer) } }
  return { 200: { description: 'The answer.', content: { [answer.type]: {} } } }
}
