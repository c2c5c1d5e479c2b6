import { randomBytes } from 'node:crypto'
import { FEED_BOOT_BYTES, MAX_FEED_CHANGES } from '../../constants.ts'
import type { Clock } from '../../timing/index.ts'
import type { Alert } from '../alert.ts'
import type { Limits } from '../limits.ts'
import type { NetworkState } from '../network-state.ts'
import {
  concerns,
  FeedChanges,
  type FeedGroup,
  type FeedItem,
  type FeedNodes
} from './feed-changes.ts'
import { type FeedSource, FeedText } from './feed-text.ts'
import { TextReader } from './text-reader.ts'

/** What the feed works with. */
export interface FeedInit extends FeedSource {
  readonly limits: Limits
  readonly clock: Clock
  /** Visitors that are remembered to have changed, for readers that come back. */
  readonly maxChanges?: number
}

/** What one reader asks for. */
export interface FeedRequest {
  /** @default all */
  readonly nodes?: FeedNodes | undefined
  /** Id of the last event that it got. */
  readonly lastEventId?: string | undefined
  /** Ends the connection of a reader that takes nothing for too long. */
  readonly cut: () => void
}

/** A reader, and what it is told. */
interface FeedReader {
  readonly text: FeedText
  readonly nodes: FeedNodes
}

/** Tells every reader who is there and how the network is, then what changes, gathered for a moment. */
export class Feed {
  readonly #init: FeedInit
  readonly #boot = randomBytes(FEED_BOOT_BYTES).toString('hex')
  readonly #readers = new Map<TextReader, FeedReader>()
  readonly #changes: FeedChanges
  readonly #changed = new Set<FeedGroup>()
  #cuts = 0
  #cancelFlush: (() => void) | undefined
  #cancelKeepAlive: (() => void) | undefined
  #stopped = false

  constructor(init: FeedInit) {
    this.#init = init
    this.#changes = new FeedChanges(init.maxChanges ?? MAX_FEED_CHANGES)
  }

  /** Readers now. */
  get size(): number {
    return this.#readers.size
  }

  /** Readers that were cut since they took nothing. */
  get cuts(): number {
    return this.#cuts
  }

  /** The row of this peer came, changed or went. */
  change(peer: string): void {
    const isWatched = this.#init.roster.get(peer)?.watched === true
    this.#add(isWatched ? 'watched' : 'visitors', peer, { event: 'node', peer })
  }

  /** The network was looked at; at most once a second. */
  network(state: NetworkState): void {
    this.#add('common', '', { event: 'network', state })
  }

  /** An alert was raised, or is over. */
  alert(alert: Alert): void {
    this.#add('common', alert.id, { event: 'alert', alert })
  }

  /** A stream of server-sent events for one more reader; `undefined` when there are too many. */
  open(request: FeedRequest): ReadableStream<Uint8Array<ArrayBuffer>> | undefined {
    const { limits, clock } = this.#init
    if (this.#stopped || this.#readers.size >= limits.maxReaders) return undefined
    const { nodes = 'all', lastEventId } = request
    this.#changes.publish()
    const text = new FeedText({
      source: this.#init,
      changes: this.#changes,
      boot: this.#boot,
      nodes,
      since: this.#sequenceOf(lastEventId, nodes)
    })
    const cut = (): void => {
      this.#cuts += 1
      request.cut()
    }
    const onClose = (): void => this.#forget(reader)
    const reader = new TextReader({ text, limits, clock, cut, onClose })
    this.#readers.set(reader, { text, nodes })
    this.#cancelKeepAlive ??= clock.after(limits.keepAlivePeriod, this.#keepAlive)
    return reader.stream
  }

  /** Ends every reader's stream; there are no others from now on. */
  stop(): void {
    this.#stopped = true
    for (const reader of this.#readers.keys()) reader.end()
  }

  #add(group: FeedGroup, key: string, item: FeedItem): void {
    this.#changes.add(group, key, item)
    if (this.#readers.size === 0) return
    this.#changed.add(group)
    const { clock, limits } = this.#init
    this.#cancelFlush ??= clock.after(limits.flushDelay, this.#flush)
  }

  /** What a reader that comes back knows, where the rest of it can still be told. */
  #sequenceOf(id: string | undefined, nodes: FeedNodes): number | undefined {
    const [, boot, digits] = /^([0-9a-f]+)\.(\d{1,15})$/.exec(id ?? '') ?? []
    if (boot !== this.#boot) return undefined
    const sequence = Number(digits)
    return this.#changes.knowsSince(sequence, nodes) ? sequence : undefined
  }

  readonly #flush = (): void => {
    this.#cancelFlush = undefined
    this.#changes.publish()
    const groups = [...this.#changed]
    this.#changed.clear()
    for (const [reader, { nodes }] of this.#readers) {
      if (groups.some((group) => concerns(group, nodes))) reader.wake()
    }
  }

  readonly #keepAlive = (): void => {
    const { clock, limits } = this.#init
    this.#cancelKeepAlive = clock.after(limits.keepAlivePeriod, this.#keepAlive)
    for (const [reader, { text }] of this.#readers) {
      text.keepAlive()
      reader.wake()
    }
  }

  #forget(reader: TextReader): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return
    this.#cancelFlush?.()
    this.#cancelKeepAlive?.()
    this.#cancelFlush = undefined
    this.#cancelKeepAlive = undefined
    this.#changed.clear()
  }
}
