import type { Alert } from '../alert.ts'
import type { NetworkState } from '../network-state.ts'
import type { Roster } from '../roster.ts'
import type { FeedChanges, FeedItem, FeedNodes } from './feed-changes.ts'
import { rowText } from './row-text.ts'
import { RowsText } from './rows-text.ts'
import type { TextSource } from './text-reader.ts'

/** What the feed's texts are made from. */
export interface FeedSource {
  readonly roster: Pick<Roster, 'peers' | 'get'>
  readonly network: () => NetworkState
  /** Those that stand. */
  readonly alerts: () => readonly Alert[]
}

/** What the text of one reader is made of. */
export interface FeedTextInit {
  readonly source: FeedSource
  readonly changes: FeedChanges
  /** Names this run of the feed in the ids of events. */
  readonly boot: string
  readonly nodes: FeedNodes
  /** All up to this change is known to the reader; a snapshot comes first where it is absent. */
  readonly since?: number | undefined
}

/**
 * What one reader of the feed is still to be told, as server-sent events: first a snapshot, unless
 * it knows enough, then what changed. It remembers how far it is and nothing else, so that a slow
 * reader gets the last state of each thing once, in an order in which the id of an event means that
 * all up to it was told.
 */
export class FeedText implements TextSource {
  /** There may always be more. */
  readonly isEnded = false
  readonly #init: FeedTextInit
  #snapshot: RowsText | undefined
  #sequence: number
  #keepAlive: boolean

  constructor(init: FeedTextInit) {
    this.#init = init
    this.#sequence = init.since ?? init.changes.visible
    this.#snapshot = init.since === undefined ? this.#takeSnapshot() : undefined
    // Whoever comes back and has missed nothing must see that it is connected.
    this.#keepAlive = init.since !== undefined
  }

  /** A comment is due, unless there is more to say. */
  keepAlive(): void {
    this.#keepAlive = true
  }

  /** About `size` characters, at most an event more; `undefined` when there is nothing to say. */
  take(size: number): string | undefined {
    this.#catchUp()
    const text = this.#snapshot?.take(size) ?? this.#takeChanges(size)
    const comment = this.#keepAlive ? ':\n\n' : undefined
    this.#keepAlive = false
    return text === '' ? comment : text
  }

  // Where more has changed than is remembered, only a snapshot tells all of it.
  #catchUp(): void {
    const { changes, nodes } = this.#init
    const isTelling = this.#snapshot !== undefined && !this.#snapshot.isEnded
    if (isTelling || changes.knowsSince(this.#sequence, nodes)) return
    this.#sequence = changes.visible
    this.#snapshot = this.#takeSnapshot()
  }

  #takeSnapshot(): RowsText {
    const { roster, network, alerts } = this.#init.source
    const rest = `"network":${JSON.stringify(network())},"alerts":${JSON.stringify(alerts())}`
    return new RowsText({
      peers: this.#peers(),
      find: (peer) => roster.get(peer),
      begin: `id: ${this.#id()}\nevent: snapshot\ndata: {"nodes":[`,
      between: ',',
      end: `],${rest}}\n\n`
    })
  }

  #peers(): readonly string[] {
    const { source, nodes } = this.#init
    if (nodes === 'none') return []
    const peers = source.roster.peers()
    if (nodes === 'all') return peers
    return peers.filter((peer) => source.roster.get(peer)?.watched === true)
  }

  #takeChanges(size: number): string {
    const { changes, nodes } = this.#init
    let text = ''
    while (text.length < size) {
      const change = changes.next(this.#sequence, nodes)
      if (change === undefined) {
        this.#sequence = Math.max(this.#sequence, changes.visible)
        break
      }
      this.#sequence = change.sequence
      text += `id: ${this.#id()}\n${this.#tell(change.what)}\n\n`
    }
    return text
  }

  #tell(item: FeedItem): string {
    switch (item.event) {
      case 'network':
        return `event: network\ndata: ${JSON.stringify(item.state)}`
      case 'alert':
        return `event: alert\ndata: ${JSON.stringify(item.alert)}`
      case 'node': {
        const row = this.#init.source.roster.get(item.peer)
        if (row !== undefined) return `event: node\ndata: ${rowText(row)}`
        return `event: gone\ndata: ${JSON.stringify({ peer: item.peer })}`
      }
    }
  }

  #id(): string {
    return `${this.#init.boot}.${this.#sequence}`
  }
}
