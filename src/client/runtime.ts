// The network side of the client: everything that is loaded only after consent. Options and heads
// come in through a port, state goes out. It touches no DOM and no storage, and hears of its page's
// end by itself.

import { MAX_HEAD_AGE_EPOCHS, MAX_KEYS_GIVEN_UP, OPINION_PERIODS } from '../constants.ts'
import { OptionError } from '../errors.ts'
import type { Head, HeadSource } from '../head/index.ts'
import { asError, BeatSource } from '../heartbeat/beat-source.ts'
import type { PageVisibility, Periods, SenderEvent } from '../heartbeat/index.ts'
import { Sender } from '../heartbeat/sender.ts'
import { createPageNode, hasWebRtc, type PageNode } from '../net/index.ts'
import { systemClock } from '../timing/index.ts'
import { beatText } from './beat-text.ts'
import { ConnectionStateWriter } from './connection-state.ts'
import { createDirectory, type Directory } from './directory.ts'
import { Ladder } from './ladder.ts'
import { PageWays } from './page-ways.ts'
import type { Inbound, Outbound, Port, RuntimeOptions } from './port.ts'
import { PushedHead } from './pushed-head.ts'

/** Serves one client on its port, from its `start` to its `stop`, or to the end of its page. */
export function serve(port: Port<Inbound, Outbound>): void {
  const runtime = new Runtime(port)
  port.addEventListener('message', ({ data }) => runtime.receive(data))
  port.start()
}

class Runtime {
  readonly #port: Port<Inbound, Outbound>
  readonly #stopping = new AbortController()
  #pushed: PushedHead | undefined
  #transition: Promise<void> = Promise.resolve()
  #node: PageNode | undefined
  #sender: Sender | undefined
  #writer: ConnectionStateWriter | undefined
  #visibility: PageVisibility = 'visible'
  #isOnline = true
  /** Those that the page asked for since the start. */
  #periods: Periods | undefined
  /** Keys of our own that the aggregator said another session has, one after another. */
  #keysGivenUp = 0

  constructor(port: Port<Inbound, Outbound>) {
    this.#port = port
    // Within the page a message would come too late: when it is cached for the way back, it runs
    // nothing any more. To a frame with a process of its own, the message comes before the event.
    if ('onpagehide' in globalThis) {
      const { signal } = this.#stopping
      globalThis.addEventListener('pagehide', () => this.#leave(), { signal })
    }
  }

  receive(message: Inbound): void {
    switch (message.type) {
      case 'start':
        this.#transition = this.#start(message.options).catch((error) => this.#refuse(error))
        return
      case 'head':
        this.#pushed?.push(message.head, message.age)
        return this.#sender?.headArrived()
      case 'head-failed':
        return this.#pushed?.fail(message.problem)
      case 'page':
        this.#visibility = message.visibility
        return this.#sender?.setPage(message.visibility)
      case 'network':
        this.#isOnline = message.online
        this.#writer?.write({ ...message, at: systemClock.now() })
        return this.#sender?.setOnline(message.online)
      case 'periods':
        this.#periods = message.periods
        return this.#sender?.setPeriods(message.periods)
      case 'wake':
        return this.#sender?.wake()
      case 'leave':
        return this.#leave()
      case 'stop':
        void this.#stop()
        return
      default:
        message satisfies never
    }
  }

  // Every socket closes within the call, so that the page may be kept.
  #leave(): void {
    if (this.#stopping.signal.aborted) return
    this.#sender?.leave()
    this.#stopping.abort(new Error('the page goes away'))
    for (const connection of this.#node?.getConnections() ?? []) {
      connection.abort(new Error('the page goes away'))
    }
  }

  // Heads may come at once, so what takes them is there before anything is awaited.
  async #start(options: RuntimeOptions): Promise<void> {
    this.#pushed = new PushedHead(systemClock, () => {
      const { beatPeriod } = this.#periods ?? options
      return Math.max(MAX_HEAD_AGE_EPOCHS * options.chain.epochPeriod, 2 * beatPeriod)
    })
    const directory = createDirectory({ ...options, clock: systemClock })
    this.#writer = new ConnectionStateWriter(directory.via, systemClock.now, (state) => {
      this.#port.postMessage({ type: 'state', state })
    })
    const source = await this.#beatSource(options, this.#pushed)
    await this.#beat(options, directory, source, this.#writer)
  }

  async #beat(
    options: RuntimeOptions,
    directory: Directory,
    source: BeatSource,
    writer: ConnectionStateWriter
  ): Promise<void> {
    const { routes, identity } = options
    const webrtc = hasWebRtc() && routes.includes('webrtc')
    if (!webrtc && routes.join() === 'webrtc') throw new Error('this browser has no WebRTC')
    const node = await createPageNode({
      ...(identity && { identity }),
      webrtc,
      iceServers: options.iceServers,
      allowPrivateAddresses: options.onLoopback
    })
    this.#node = node
    // Told to stop meanwhile: nothing is dialled any more.
    if (this.#stopping.signal.aborted) return
    const route = new Ladder({
      ways: new PageWays(node),
      addresses: (signal) => directory.addresses(signal),
      routes,
      webrtc,
      clock: systemClock,
      onUpgrade: (upgrade) => writer.write({ type: 'upgrade', upgrade })
    })
    const onEvent = (event: SenderEvent): void => {
      // A key of our own is given up for another; one that the wallet gave is the wallet's matter.
      const isDouble = event.type === 'rejected' && event.reason === 'duplicate-identity'
      if (event.type === 'acknowledged') this.#keysGivenUp = 0
      if (isDouble && identity === undefined && this.#keysGivenUp++ < MAX_KEYS_GIVEN_UP) {
        writer.write({ type: 'lost', error: new Error('another session has this identity') })
        this.#transition = this.#transition
          .then(() => this.#end())
          .then(() => this.#beat(options, directory, source, writer))
          .catch((error) => this.#refuse(error))
        return
      }
      this.#note(event, writer)
    }
    const { beatPeriod, reconnectPeriod } = this.#periods ?? options
    const clock = systemClock
    const { random } = Math
    this.#sender = new Sender({
      route,
      source,
      beatPeriod,
      reconnectPeriod,
      clock,
      random,
      onEvent
    })
    this.#sender.setPage(this.#visibility)
    this.#sender.setOnline(this.#isOnline)
    this.#sender.start()
  }

  async #beatSource(
    { rpc, chain, nickname, minerAddress }: RuntimeOptions,
    pushed: PushedHead
  ): Promise<BeatSource> {
    return new BeatSource({
      head: rpc === undefined ? pushed : await this.#followRpc(rpc, chain),
      genesis: chain.genesis,
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
    if (event.type === 'sent') {
      const { at, nextAt, bytes, beat, version } = event
      const { height, head, stale = false } = beat
      const text = beatText(beat, bytes, version)
      const sent = { at, nextAt, stale, text, bytes, height, head }
      this.#port.postMessage({ type: 'beat', beat: sent })
    }
    if (event.type === 'acknowledged' && event.beat !== undefined) {
      const { ack, beat } = event
      const { networkHeight, agreement, at: comparedAt, witnesses } = ack
      const opinion = {
        ...(networkHeight !== undefined && { networkHeight }),
        ...(agreement !== undefined && { agreement }),
        ...(comparedAt !== undefined && { comparedAt }),
        ...(witnesses !== undefined && { witnesses }),
        height: beat.height,
        head: beat.head,
        lifetime: OPINION_PERIODS * beat.next
      }
      this.#port.postMessage({ type: 'opinion', opinion })
    }
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
    await this.#transition
    await this.#end()
    this.#port.postMessage({ type: 'stopped' })
    this.#port.close()
  }

  async #end(): Promise<void> {
    await this.#sender?.stop()
    await this.#node?.stop()
  }
}
