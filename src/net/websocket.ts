import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import { type WebSocketsComponents, type WebSocketsInit, webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { UnreachableError } from '../errors.ts'
import { eagerUpgrader, overlay } from './eager.ts'

/** The part of a js-libp2p WebSocket connection that its `abort` gets wrong. */
type WebSocketConnection = MultiaddrConnection & {
  websocket: WebSocket & { terminate?(): void }
  sendReset(): void
}

type Components = WebSocketsComponents & { upgrader?: Upgrader }

/**
 * js-libp2p's WebSocket transport, mended in three places: aborting a connection closes its
 * socket, a dial that is aborted leaves no socket behind, and a dial that fails rejects with a
 * `UnreachableError` instead of a DOM event. Outbound upgrades are eager.
 */
export function closingWebSockets(
  init: WebSocketsInit = {}
): (components: Components) => Transport {
  const create = webSockets(init)
  return (components) => {
    const transport = create(components)
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    return Object.assign(transport, {
      _connect: connect,
      dial: (address, options) =>
        dial(address, { ...options, upgrader: eagerUpgrader(closing(options.upgrader)) }),
      createListener: (options) =>
        createListener({ ...options, upgrader: closing(options.upgrader) })
    } satisfies Partial<Transport> & { _connect: typeof connect })
  }
}

/** Opens a socket; one that fails or is aborted on the way is closed. */
async function connect(
  address: Multiaddr,
  { signal }: { signal?: AbortSignal }
): Promise<WebSocket> {
  signal?.throwIfAborted()
  const uri = multiaddrToUri(address)
  const socket = new WebSocket(uri)
  socket.binaryType = 'arraybuffer'
  const opened = Promise.withResolvers<void>()
  const onOpen = (): void => opened.resolve()
  const onFailure = (): void =>
    opened.reject(new UnreachableError(`no WebSocket answers at ${uri}`))
  const onAbort = (): void => opened.reject(signal?.reason)
  socket.addEventListener('open', onOpen)
  socket.addEventListener('error', onFailure)
  socket.addEventListener('close', onFailure)
  signal?.addEventListener('abort', onAbort)
  try {
    await opened.promise
    return socket
  } catch (error) {
    socket.close()
    throw error
  } finally {
    socket.removeEventListener('open', onOpen)
    socket.removeEventListener('error', onFailure)
    socket.removeEventListener('close', onFailure)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Wraps an upgrader so that every connection it gets can really be aborted. */
function closing(upgrader: Upgrader): Upgrader {
  return overlay(upgrader, {
    upgradeInbound: (connection: MultiaddrConnection, options: never) =>
      upgrader.upgradeInbound(withClosingAbort(connection), options),
    upgradeOutbound: (connection: MultiaddrConnection, options: never) =>
      upgrader.upgradeOutbound(withClosingAbort(connection), options)
  })
}

// A reset is sent as close code 1006, which browsers, Node and ws all refuse with a throw. A plain
// close works everywhere; a server's socket can be cut without waiting for the peer's answer.
function withClosingAbort(connection: MultiaddrConnection): MultiaddrConnection {
  const { websocket } = connection as WebSocketConnection
  return Object.assign(connection, {
    sendReset: () => {
      if (websocket.terminate === undefined) websocket.close()
      else websocket.terminate()
    }
  })
}
