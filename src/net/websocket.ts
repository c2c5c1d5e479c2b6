import type { IncomingMessage } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { Listener, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import { type WebSocketsComponents, type WebSocketsInit, webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import {
  MAX_PENDING_SOCKETS,
  MAX_SOCKET_MESSAGE_BYTES,
  SOCKET_HANDSHAKE_TIMEOUT,
  SOCKET_KEEP_ALIVE_DELAY
} from '../constants.ts'
import { UnreachableError } from '../errors.ts'
import type { ClientGate } from './client-limits.ts'
import { eagerUpgrader, overlay } from './eager.ts'
import { PendingSockets } from './pending-sockets.ts'
import type { Traffic } from './traffic.ts'

/** The part of a js-libp2p WebSocket connection that its `abort` gets wrong. */
type WebSocketConnection = MultiaddrConnection & {
  /** Where a server accepted it, it is one of ws, which keeps its socket. */
  websocket: WebSocket & { terminate?(): void; readonly _socket?: Socket | null }
  sendReset(): void
}

/** What a node wants of its WebSockets. */
export interface ClosingWebSocketsInit extends WebSocketsInit {
  /** Longest time from a socket's acceptance until it is a libp2p connection, in ms. */
  readonly handshakeTimeout?: number
  /** Accepted sockets that are no libp2p connection yet, at once. @default 4000 */
  readonly maxPendingSockets?: number | undefined
  /** Whom accepted sockets are let in for; everybody when absent. */
  readonly gate?:
    | Pick<ClientGate, 'clientOf' | 'forwardedClient' | 'letsForward' | 'letsIn'>
    | undefined
  /** Counts what goes over accepted sockets. */
  readonly traffic?: Pick<Traffic, 'add'> | undefined
}

/** The part of a js-libp2p WebSocket listener that accepts. */
type WebSocketListener = Listener & {
  readonly server: Server
  readonly wsServer: { readonly options: { maxPayload?: number } }
  onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void
}

type Components = WebSocketsComponents & { upgrader?: Upgrader }

/**
 * js-libp2p's WebSocket transport, mended where it leaves sockets behind: aborting a connection,
 * a dial or an upgrade closes its socket, an accepted socket is cut unless it soon becomes a libp2p
 * connection, and a dial that fails rejects with an `UnreachableError` instead of a DOM event.
 * Outbound upgrades are eager.
 */
export function closingWebSockets({
  handshakeTimeout = SOCKET_HANDSHAKE_TIMEOUT,
  maxPendingSockets = MAX_PENDING_SOCKETS,
  gate,
  traffic,
  ...init
}: ClosingWebSocketsInit = {}): (components: Components) => Transport {
  const create = webSockets(init)
  return (components) => {
    const transport = create(components)
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    return Object.assign(transport, {
      _connect: connect,
      dial: (address, options) =>
        dial(address, { ...options, upgrader: eagerUpgrader(closing(options.upgrader)) }),
      createListener: (options) => {
        const pending = new PendingSockets({ timeout: handshakeTimeout, max: maxPendingSockets })
        const upgrader = closing(options.upgrader, pending)
        return guarded(createListener({ ...options, upgrader }), pending, { gate, traffic })
      }
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
function closing(upgrader: Upgrader, pending?: PendingSockets): Upgrader {
  return overlay(upgrader, {
    upgradeInbound: async (connection: MultiaddrConnection, options: never) => {
      const { websocket } = connection as WebSocketConnection
      // Of a frame against the rules ws tells by an error, which ends the program if nobody listens.
      websocket.addEventListener('error', () => {})
      try {
        await upgrader.upgradeInbound(withClosingAbort(connection), options)
        if (websocket._socket) pending?.release(websocket._socket)
      } catch (error) {
        connection.abort(error instanceof Error ? error : new Error(String(error)))
        throw error
      }
    },
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

// js-libp2p counts a socket only once it has sent a byte, and its HTTP server, which never listens
// itself, has no timeouts: a silent socket would stay for ever, and closing would wait for it.
function guarded(
  listener: Listener,
  pending: PendingSockets,
  { gate, traffic }: Pick<ClosingWebSocketsInit, 'gate' | 'traffic'>
): Listener {
  const { server, wsServer, onUpgrade } = listener as WebSocketListener
  wsServer.options.maxPayload = MAX_SOCKET_MESSAGE_BYTES
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    if (gate?.letsIn(socket) === false) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    traffic?.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.setKeepAlive(true, SOCKET_KEEP_ALIVE_DELAY)
    pending.add(socket, gate?.clientOf(socket))
  })
  const close = listener.close.bind(listener)
  return Object.assign(listener, {
    onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const client = gate?.forwardedClient(request)
      if (client !== undefined) pending.belongsTo(client, socket)
      if (gate?.letsForward(request) !== false) onUpgrade.call(listener, request, socket, head)
      else socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n')
    },
    close: async () => {
      const closed = close()
      for (const socket of sockets) socket.destroy()
      await closed
    }
  })
}
