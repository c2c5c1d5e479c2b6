import { HEAD_READ_TIMEOUT } from '../constants.ts'
import type { Head, HeadSource } from '../head/index.ts'
import { type Clock, withTimeout } from '../timing/index.ts'
import { encodeV1, type Heartbeat } from '../wire/index.ts'

/** A beat that is ready to be sent. */
export interface PreparedBeat {
  readonly beat: Heartbeat
  /** The beat, encoded. */
  readonly bytes: Uint8Array
  /** The head source failed: this is the last known head. */
  readonly stale: boolean
}

/** What a beat is put together from. */
export interface BeatSourceInit {
  readonly head: HeadSource
  readonly nickname: string
  readonly minerAddress: string | (() => string | Promise<string>)
  readonly clock: Clock
  /** Told why the head source or the miner address could not be had. */
  readonly onError: (error: Error) => void
}

/** Puts the next beat together: the head of this moment, or the last known one, marked stale. */
export class BeatSource {
  readonly #init: BeatSourceInit
  #lastHead: Head | undefined
  #lastMinerAddress = ''

  constructor(init: BeatSourceInit) {
    this.#init = init
  }

  /** @returns `undefined` while no head was ever known */
  async next(signal: AbortSignal): Promise<PreparedBeat | undefined> {
    const [head, minerAddress] = await Promise.all([this.#head(signal), this.#minerAddress(signal)])
    signal.throwIfAborted()
    const fresh = head && this.#prepare(head, minerAddress, false)
    if (fresh !== undefined) {
      this.#lastHead = head
      return fresh
    }
    return this.#lastHead && this.#prepare(this.#lastHead, minerAddress, true)
  }

  // A head that cannot be encoded is as good as none: it costs the beat its freshness only.
  #prepare(head: Head, minerAddress: string, stale: boolean): PreparedBeat | undefined {
    const beat: Heartbeat = {
      head: head.cids,
      height: head.height,
      nickname: this.#init.nickname,
      minerAddress,
      ...(head.genesis !== undefined && { genesis: head.genesis })
    }
    try {
      return { beat, bytes: encodeV1(beat), stale }
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
