// The network side of the client: everything that is loaded only after consent. Options and heads
// come in through a port, state goes out. It touches no DOM, no storage and no global.

import { OptionError } from '../errors.ts'
import type { Head, HeadSource } from '../head/index.ts'
import { asError, BeatSource, Sender, type SenderEvent } from '../heartbeat/index.ts'
import { createPageNode, hasWebRtc, type PageNode } from '../net/index.ts'
import { systemClock } from '../timing/index.ts'
import { findCandidates } from './addresses.ts'
import { ConnectionStateWriter } from './connection-state.ts'
import { Ladder } from './ladder.ts'
import type { Inbound, Outbound, Port, RuntimeOptions } from './port.ts'
import { PushedHead } from './pushed-head.ts'

/** Serves one client on its port, from its `start` to its `stop`. */
export function serve(port: Port<Inbound, Outbound>): void {
  const runtime = new Runtime(port)
  port.addEventListener('message', ({ data }) => runtime.receive(data))
  port.start()
}

class Runtime {
  readonly #port: Port<Inbound, Outbound>
  readonly #pushed = new PushedHead()
  readonly #stopping = new AbortController()
  #starting: Promise<void> = Promise.resolve()
  #node: PageNode | undefined
  #sender: Sender | undefined
  #writer: ConnectionStateWriter | undefined

  constructor(port: Port<Inbound, Outbound>) {
    this.#port = port
  }

  receive(message: Inbound): void {
    switch (message.type) {
      case 'start':
        this.#starting = this.#start(message.options).catch((error) => this.#refuse(error))
        return
      case 'head':
        this.#pushed.push(message.head)
        return this.#sender?.headArrived()
      case 'head-failed':
        return this.#pushed.fail(message.problem)
      case 'network':
        this.#writer?.write({ ...message, at: systemClock.now() })
        if (message.online) this.#sender?.wake()
        return
      case 'wake':
        return this.#sender?.wake()
      case 'stop':
        void this.#stop()
        return
      default:
        message satisfies never
    }
  }

  async #start(options: RuntimeOptions): Promise<void> {
    const addresses = findCandidates(options.targets, options.relays, options.routes)
    const writer = new ConnectionStateWriter(addresses.via, (state) => {
      this.#port.postMessage({ type: 'state', state })
    })
    this.#writer = writer
    const source = await this.#beatSource(options)
    const webrtc = hasWebRtc() && options.routes.includes('webrtc')
    if (!webrtc && options.routes.join() === 'webrtc') throw new Error('this browser has no WebRTC')
    const node = await createPageNode({
      webrtc,
      iceServers: options.iceServers,
      allowPrivateAddresses: options.onLoopback
    })
    this.#node = node
    // Told to stop meanwhile: nothing is dialled any more.
    if (this.#stopping.signal.aborted) return
    const { routes, beatPeriod, reconnectPeriod } = options
    const onUpgrade: ConstructorParameters<typeof Ladder>[0]['onUpgrade'] = (upgrade) =>
      writer.write({ type: 'upgrade', upgrade })
    this.#sender = new Sender({
      route: new Ladder({ node, addresses, routes, webrtc, clock: systemClock, onUpgrade }),
      source,
      beatPeriod,
      reconnectPeriod,
      clock: systemClock,
      random: Math.random,
      onEvent: (event) => this.#note(event, writer)
    })
    this.#sender.start()
  }

  async #beatSource({ rpc, chain, nickname, minerAddress }: RuntimeOptions): Promise<BeatSource> {
    return new BeatSource({
      head: rpc === undefined ? this.#pushed : await this.#followRpc(rpc, chain),
      nickname,
      minerAddress,
      clock: systemClock,
      onError: () => {}
    })
  }

  // The page cannot know these heads otherwise; those that it pushed, it knows.
  async #followRpc(rpc: string, chain: RuntimeOptions['chain']): Promise<HeadSource> {
    const { rpcHead } = await import('./rpc-head.ts')
    const source = rpcHead(rpc, chain)
    const observer = {
      head: (head: Head) => {
        this.#port.postMessage({ type: 'head', head })
        this.#sender?.headArrived()
      },
      error: ({ message }: Error) =>
        this.#port.postMessage({ type: 'head-failed', problem: message })
    }
    source.watch?.(observer, this.#stopping.signal)
    return source
  }

  #note(event: SenderEvent, writer: ConnectionStateWriter): void {
    writer.write(event)
    if (event.type !== 'sent') return
    const { at, nextAt, stale, bytes, beat } = event
    const { height, head } = beat
    this.#port.postMessage({ type: 'beat', beat: { at, nextAt, stale, bytes, height, head } })
  }

  #refuse(thrown: unknown): void {
    const error = asError(thrown)
    const { message: problem } = error
    this.#port.postMessage({
      type: 'state',
      state:
        error instanceof OptionError
          ? { phase: 'misconfigured', option: error.option, problem }
          : { phase: 'unsupported', problem }
    })
  }

  async #stop(): Promise<void> {
    this.#stopping.abort(new Error('the client was stopped'))
    await this.#starting
    await this.#sender?.stop()
    await this.#node?.stop()
    this.#port.postMessage({ type: 'stopped' })
    this.#port.close()
  }
}
