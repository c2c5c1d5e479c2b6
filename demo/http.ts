// What the demo's HTTP servers share: a server that listens and really stops, and who may give orders.

import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Context, Env, Hono, Next } from 'hono'

/** The only place where the demo listens. */
export const LOOPBACK = '127.0.0.1'

/** An HTTP server that is up. */
export interface Listening {
  readonly server: Server
  readonly port: number
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>
}

/**
 * Serves an app on a port of this machine; 0 takes any that is free.
 *
 * @throws Node's error, `EADDRINUSE` when the port is taken
 */
export async function listen<E extends Env>(app: Hono<E>, port: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.listen(port, LOOPBACK)
  await once(server, 'listening')
  return {
    server,
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    }
  }
}

/** The origins under which a page of this port can be opened. */
export function originsOf(port: number): string[] {
  return [`http://${LOOPBACK}:${port}`, `http://localhost:${port}`]
}

/**
 * Lets through what comes from this machine: from the given origins, or from no page at all, as
 * curl does. Any other site that is open in the same browser is refused.
 */
export function onlyFrom(origins: () => readonly string[]) {
  return async (context: Context, next: Next): Promise<Response | undefined> => {
    const { incoming } = context.env
    const origin = context.req.header('origin')
    const fetchSite = context.req.header('sec-fetch-site') ?? 'none'
    const isHere = isLoopback(incoming?.socket?.remoteAddress)
    const isPage = origin === undefined ? fetchSite === 'none' : origins().includes(origin)
    if (!isHere || !isPage || fetchSite === 'cross-site') {
      return context.json({ error: 'only the demo page may do this' }, 403)
    }
    await next()
    return undefined
  }
}

/** The JSON object in the body of a request; an empty one when there is none. */
export async function readObject(context: Context): Promise<Record<string, unknown>> {
  const value: unknown = await context.req.json().catch(() => undefined)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function isLoopback(address: unknown): boolean {
  return typeof address === 'string' && /^(::ffff:)?127\.|^::1$/.test(address)
}
