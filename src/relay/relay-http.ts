import type { Registry } from 'prom-client'
import { type HttpAddress, HttpServer } from '../operator/index.ts'

/** What is answered from. */
export interface RelayHttpInit extends HttpAddress {
  readonly registry: Registry
  /** Why nobody can be reached through the relay now; none when somebody can. */
  readonly problems: () => readonly string[]
}

/** The relay's answers to its operator: `/livez`, `/readyz` and `/metrics`. */
export function createRelayHttp(init: RelayHttpInit): HttpServer {
  return new HttpServer(async ({ method, url }) => {
    const isRead = method === 'GET' || method === 'HEAD'
    if (!isRead) return Response.json({ error: 'only GET is answered' }, { status: 405 })
    switch (new URL(url).pathname) {
      case '/livez':
        return Response.json({ live: true })
      case '/readyz': {
        const problems = init.problems()
        const ready = problems.length === 0
        return Response.json({ ready, problems }, { status: ready ? 200 : 503 })
      }
      case '/metrics': {
        const { registry } = init
        const headers = { 'content-type': registry.contentType }
        return new Response(await registry.metrics(), { headers })
      }
      default:
        return Response.json({ error: 'there is nothing here' }, { status: 404 })
    }
  }, init)
}
