import { WebSocket } from 'ws'
import { MAX_NOTIFIED_CHANGES, MAX_WAITING_BYTES } from '../constants.ts'
import { answer, type RpcRequest, readRequest, refusal } from './rpc.ts'
import type { ChainView, HeadChange } from './view.ts'

interface Subscription {
  readonly socket: WebSocket
  readonly channel: number
  /** Id of the request that opened it: `xrpc.cancel` names that, not the channel. */
  readonly request: RpcRequest['id']
}

/** Those who listen to one node over WebSocket, with go-jsonrpc's channels. */
export class Subscriptions {
  readonly #view: ChainView
  readonly #open = new Set<Subscription>()
  #lastChannel = 0

  constructor(view: ChainView) {
    this.#view = view
  }

  /** Answers all that comes through a socket, until it closes. */
  welcome(socket: WebSocket): void {
    socket.on('message', (data) => {
      try {
        this.#answer(socket, readRequest(data.toString()))
      } catch (error) {
        send(socket, refusal(error))
      }
    })
    socket.on('close', () => this.#end((each) => each.socket === socket))
    // What is wrong with a socket closes it: there is nothing to add.
    socket.on('error', () => {})
  }

  /** Tells everyone of changes, a bounded number at once. */
  notify(changes: readonly HeadChange[]): void {
    for (let from = 0; from < changes.length; from += MAX_NOTIFIED_CHANGES) {
      const some = changes.slice(from, from + MAX_NOTIFIED_CHANGES)
      for (const { socket, channel } of this.#open) send(socket, valueOn(channel, some))
    }
  }

  #answer(socket: WebSocket, request: RpcRequest): void {
    if (request.method === 'Filecoin.ChainNotify') this.#subscribe(socket, request)
    else if (request.method === 'xrpc.cancel') this.#cancel(socket, request)
    else send(socket, answer(this.#view, request))
  }

  #subscribe(socket: WebSocket, { id }: RpcRequest): void {
    const channel = ++this.#lastChannel
    this.#open.add({ socket, channel, request: id })
    send(socket, { jsonrpc: '2.0', result: channel, id })
    send(socket, valueOn(channel, [{ Type: 'current', Val: this.#view.head }]))
  }

  #cancel(socket: WebSocket, { params: [id] }: RpcRequest): void {
    for (const { channel } of this.#end((each) => each.socket === socket && each.request === id)) {
      send(socket, { jsonrpc: '2.0', method: 'xrpc.ch.close', params: [channel] })
    }
  }

  #end(fits: (subscription: Subscription) => boolean): Subscription[] {
    const ended = [...this.#open].filter(fits)
    for (const each of ended) this.#open.delete(each)
    return ended
  }
}

function send(socket: WebSocket, message: unknown): void {
  if (socket.readyState !== WebSocket.OPEN) return
  // A client that does not read would make this process grow without end.
  if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate()
  else socket.send(JSON.stringify(message))
}

function valueOn(channel: number, changes: readonly HeadChange[]): unknown {
  return { jsonrpc: '2.0', method: 'xrpc.ch.val', params: [channel, changes] }
}
