import type { Head, HeadSource } from '../head/index.ts'
import { systemClock } from '../timing/index.ts'
import { BeatSource } from './beat-source.ts'
import { directRoute } from './direct-route.ts'
import type {
  Heartbeat,
  HeartbeatComponents,
  HeartbeatEvent,
  HeartbeatEvents,
  HeartbeatInit
} from './index.ts'
import type { Target } from './options.ts'
import { Sender } from './sender.ts'
import type { SenderEvent } from './sender-event.ts'

// EventTarget with this service's own events in its types.
const HeartbeatTarget = EventTarget as new () => Pick<Heartbeat, keyof EventTarget>

/** `heartbeat()`'s service: a sender for each target, on a node that somebody else made. */
export class HeartbeatService extends HeartbeatTarget implements Heartbeat {
  readonly #senders: readonly Sender[]
  readonly #source: HeadSource
  readonly #log: ReturnType<HeartbeatComponents['logger']['forComponent']>
  #watching: AbortController | undefined

  constructor(components: HeartbeatComponents, init: HeartbeatInit, targets: readonly Target[]) {
    super()
    this.#log = components.logger.forComponent('fil-heartbeat')
    this.#source = typeof init.head === 'function' ? asked(init.head) : init.head
    this.#senders = targets.map(
      (target) =>
        new Sender({
          route: directRoute(components.connectionManager, target),
          source: this.#beatSource(init),
          beatPeriod: target.beatPeriod,
          reconnectPeriod: target.reconnectPeriod,
          clock: systemClock,
          random: Math.random,
          onEvent: (event) => this.#tell(target, event)
        })
    )
  }

  start(): void {}

  // Dialling works only once every part of the node has started.
  afterStart(): void {
    this.#watching = new AbortController()
    const observer = {
      head: () => {
        for (const sender of this.#senders) sender.headArrived()
      },
      // The next beat asks, and says so.
      error: () => {}
    }
    this.#source.watch?.(observer, this.#watching.signal)
    for (const sender of this.#senders) sender.start()
  }

  async beforeStop(): Promise<void> {
    this.#watching?.abort(new Error('the heartbeat was stopped'))
    await Promise.all(this.#senders.map((sender) => sender.stop()))
  }

  stop(): void {}

  #beatSource({ nickname = '', minerAddress = '' }: HeartbeatInit): BeatSource {
    return new BeatSource({
      head: this.#source,
      nickname,
      minerAddress,
      clock: systemClock,
      onError: (error) => this.#log('a beat without a fresh head or miner address - %e', error)
    })
  }

  #tell(target: Target, event: SenderEvent): void {
    const to = target.peerId
    switch (event.type) {
      case 'sent':
        return this.#dispatch('beat:sent', { to, beat: event.beat })
      case 'acknowledged': {
        const { ack, rtt } = event
        return this.#dispatch('beat:acknowledged', { to, ack, ...(rtt !== undefined && { rtt }) })
      }
      case 'rejected':
        this.#log('%s does not take the beats: %s', to, event.reason)
        return this.#dispatch('beat:rejected', { to, reason: event.reason })
      case 'paced':
        return this.#log('%s asks for a beat every %d ms', to, event.period)
      case 'suspect':
        this.#log('%s has not answered in time', to)
        return this.#dispatch('target:suspect', { to })
      case 'connected':
        this.#log('beating to %s over %s', to, event.way)
        return this.#dispatch('target:connected', { to, way: event.way })
      case 'lost':
        this.#log('lost %s - %e', to, event.error)
        return this.#dispatch('target:lost', { to, error: event.error })
      case 'failed':
        this.#say(to, event)
        return this.#dispatch('target:failed', { to, error: event.error, since: event.since })
      case 'skipped':
        return this.#dispatch('beat:skipped', { to, reason: event.reason })
      case 'connecting':
      case 'accepted':
      case 'alive':
        return
      default:
        event satisfies never
    }
  }

  // go-filecoin's way: a warning first, then quiet, an error every 10 minutes.
  #say(to: string, { error, level, since, attempts }: SenderEvent & { type: 'failed' }): void {
    const seconds = Math.round((systemClock.now() - since) / 1_000)
    const facts = [to, attempts, seconds, error] as const
    const text = 'no heartbeat reaches %s: attempt %d, failing for %d s - %e'
    if (level === 'debug') this.#log.trace(text, ...facts)
    else if (level === 'warning') this.#log(text, ...facts)
    else this.#log.error(text, ...facts)
  }

  #dispatch<T extends keyof HeartbeatEvents>(type: T, detail: HeartbeatEvents[T]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }) as HeartbeatEvent<T>)
  }
}

function asked(ask: () => Head | Promise<Head>): HeadSource {
  return { name: 'callback', read: async () => await ask() }
}
