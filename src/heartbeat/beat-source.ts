import { HEAD_READ_TIMEOUT } from '../constants.ts'
import type { Head, HeadSource } from '../head/index.ts'
import { type Clock, withTimeout } from '../timing/index.ts'
import { type Beat, encodeV1, sortCids } from '../wire/index.ts'

/** What a beat says, before it is numbered. */
export type BeatContent = Omit<Beat, 'seq' | 'session' | 'next' | 'page' | 'rtt'>

/** What a beat is put together from. */
export interface BeatSourceInit {
  readonly head: HeadSource
  /** CID of the chain's genesis block, for heads that do not name it. */
  readonly genesis?: string | undefined
  readonly nickname: string
  readonly minerAddress: string | (() => string | Promise<string>)
  readonly clock: Clock
  /** Told why the head source or the miner address could not be had. */
  readonly onError: (error: Error) => void
}

/** Puts the next beat together: the head of this moment, or the last known one, marked stale. */
export class BeatSource {
  readonly #init: BeatSourceInit
  #last: BeatContent | undefined
  #lastMinerAddress = ''

  constructor(init: BeatSourceInit) {
    this.#init = init
  }

  /** What the last beat said, for one that cannot wait; `undefined` while no head was ever known. */
  get last(): BeatContent | undefined {
    return this.#last
  }

  /** @returns `undefined` while no head was ever known */
  async next(signal: AbortSignal): Promise<BeatContent | undefined> {
    const [head, minerAddress] = await Promise.all([this.#head(signal), this.#minerAddress(signal)])
    signal.throwIfAborted()
    const fresh = head && this.#content(head, minerAddress)
    this.#last = fresh ?? (this.#last && { ...this.#last, minerAddress, stale: true })
    return this.#last
  }

  // A head that cannot be encoded is as good as none: it costs the beat its freshness only.
  #content(head: Head, minerAddress: string): BeatContent | undefined {
    const { cids, height, genesis = this.#init.genesis, settled } = head
    const content: BeatContent = {
      head: cids,
      height,
      nickname: this.#init.nickname,
      minerAddress,
      ...(genesis !== undefined && { genesis })
    }
    try {
      encodeV1(content)
      if (settled === undefined) return content
      return { ...content, settled: { height: settled.height, head: sortCids(settled.cids) } }
    } catch (error) {
      this.#init.onError(asError(error))
      return undefined
    }
  }

  async #head(signal: AbortSignal): Promise<Head | undefined> {
    const { head: source, clock, onError } = this.#init
    try {
      return await withTimeout(
        source.name,
        HEAD_READ_TIMEOUT,
        signal,
        (each) => source.read(each),
        clock
      )
    } catch (error) {
      if (!signal.aborted) onError(asError(error))
      return undefined
    }
  }

  async #minerAddress(signal: AbortSignal): Promise<string> {
    const { minerAddress, clock, onError } = this.#init
    if (typeof minerAddress === 'string') return minerAddress
    try {
      this.#lastMinerAddress = await withTimeout(
        'minerAddress',
        HEAD_READ_TIMEOUT,
        signal,
        async () => await minerAddress(),
        clock
      )
    } catch (error) {
      if (!signal.aborted) onError(asError(error))
    }
    return this.#lastMinerAddress
  }
}

/** Anything that was thrown, as an Error: dials of js-libp2p can reject with DOM events. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  const type =
    typeof thrown === 'object' && thrown !== null && 'type' in thrown ? thrown.type : thrown
  return new Error(`failed without a reason (${type})`)
}
