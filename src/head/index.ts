// Where a head comes from. A source is asked for the head at each beat; one that follows the
// chain by itself also says when the head moves. Knows nothing of beats or of the network behind them.

/** The head of a chain, as one node sees it. Structured-cloneable. */
export interface Head {
  /** CIDs of the tipset's blocks, as text; empty when only the height is known. */
  readonly cids: readonly string[]
  /** Epoch of the tipset. */
  readonly height: bigint
  /** When the tipset was made, in Unix seconds. */
  readonly timestamp?: number
  /** CID of the chain's genesis block. */
  readonly genesis?: string
  /** The tipset `SETTLED_EPOCHS` below, where the source can tell: what others are compared with. */
  readonly settled?: Tipset
}

/** A tipset at one height. */
export interface Tipset {
  readonly height: bigint
  /** CIDs of its blocks, as text. */
  readonly cids: readonly string[]
}

/** Gets what a source learns while it follows the chain. Its functions must not throw. */
export interface HeadObserver {
  /** The head moved, or is told for the first time, or again after an error. */
  head(head: Head): void
  /** The source cannot tell for now; it goes on trying. */
  error(error: Error): void
}

/** Where a head comes from. */
export interface HeadSource {
  /** What the source is, for messages: `'lotus http 127.0.0.1:1234'`. Never holds a password or token. */
  readonly name: string
  /**
   * The head at this moment: of a source that is being watched, what it learnt last, unless that
   * is too old.
   *
   * @throws {HeadError} when the source cannot tell now
   */
  read(signal: AbortSignal): Promise<Head>
  /** Follows the chain until the signal aborts. Absent on a source that only answers when asked. */
  watch?(observer: HeadObserver, signal: AbortSignal): void
}

export { callbackHead } from './callback.ts'
export { checkHead, type GivenHead, type GivenTipset } from './check-head.ts'
export { type Eip1193Init, type Eip1193Provider, eip1193Head } from './eip1193.ts'
export { fallbackHead } from './fallback.ts'
export { sameHead } from './latest.ts'
export { type LotusHttpInit, lotusHttpHead } from './lotus-http.ts'
export { lotusTipsets, type TipsetSource } from './lotus-tipsets.ts'
export { type LotusWebSocketInit, lotusWebSocketHead } from './lotus-ws.ts'
export type { PollInit } from './poll.ts'
