import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { DIAGNOSIS_TIMEOUT } from '../constants.ts'

/** What is wrong, at which layer, in words for people. */
export interface Fault {
  readonly layer: 'dns' | 'tcp' | 'tls' | 'websocket'
  readonly problem: string
}

/** Finds out why no WebSocket opens at an address, layer by layer; `undefined` when one would. */
export async function diagnoseSocket(address: string): Promise<Fault | undefined> {
  // A peer id would become part of the path.
  const url = new URL(multiaddrToUri(multiaddr(address.replace(/\/p2p\/[^/]+$/, ''))))
  const isSecure = url.protocol === 'wss:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (isSecure ? 443 : 80))
  const place = `${url.hostname}:${port}`
  return (
    (await failing('dns', `the name ${host} is not known`, () => lookup(host))) ??
    (await failing('tcp', `nothing can be reached at ${place}`, () => open(host, port, false))) ??
    (isSecure
      ? await failing('tls', `TLS fails at ${place}`, () => open(host, port, true))
      : undefined) ??
    (await failing('websocket', `no WebSocket at ${place}`, () => upgrade(url)))
  )
}

async function failing(
  layer: Fault['layer'],
  what: string,
  step: () => Promise<unknown>
): Promise<Fault | undefined> {
  try {
    await step()
    return undefined
  } catch (error) {
    return { layer, problem: `${what}: ${reasonOf(error as NodeJS.ErrnoException)}` }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'DNS has no such name',
  EAI_AGAIN: 'DNS does not answer',
  ECONNREFUSED: 'the connection is refused, so nothing listens there',
  ECONNRESET: 'the connection is cut',
  EHOSTUNREACH: 'there is no way to this host',
  ENETUNREACH: 'there is no way to this network',
  ETIMEDOUT: 'no answer in time',
  ABORT_ERR: 'no answer in time',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  EPROTO: 'what answers speaks no TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers speaks no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what answers speaks no TLS'
}

/** What went wrong with a socket, in words for people. */
export function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? message.trim()
}

async function open(host: string, port: number, isSecure: boolean): Promise<void> {
  const signal = AbortSignal.timeout(DIAGNOSIS_TIMEOUT)
  const socket = isSecure
    ? connectTls({ host, port, ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }) })
    : connectTcp({ host, port })
  try {
    await once(socket, isSecure ? 'secureConnect' : 'connect', { signal })
  } finally {
    socket.destroy()
  }
}

async function upgrade(url: URL): Promise<void> {
  const isSecure = url.protocol === 'wss:'
  const request = (isSecure ? httpsRequest : httpRequest)(url.href.replace(/^ws/, 'http'), {
    signal: AbortSignal.timeout(DIAGNOSIS_TIMEOUT),
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.from('is this a socket').toString('base64')
    }
  })
  const settled = Promise.withResolvers<void>()
  request.on('upgrade', (_, socket) => {
    socket.destroy()
    settled.resolve()
  })
  request.on('response', ({ statusCode }) => {
    request.destroy()
    settled.reject(new Error(`what answers is a web server, with status ${statusCode}`))
  })
  request.on('error', (error: NodeJS.ErrnoException) => {
    const isForeign = error.code?.startsWith('HPE_')
    settled.reject(isForeign ? new Error('what answers speaks another protocol') : error)
  })
  request.end()
  await settled.promise
}
