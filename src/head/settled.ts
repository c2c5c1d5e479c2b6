import { GENESIS_TIMEOUT, SETTLED_EPOCHS } from '../constants.ts'
import { HeadError } from '../errors.ts'
import type { Clock } from '../timing/index.ts'
import type { Head, Tipset } from './index.ts'
import { type Call, Genesis, parseTipset } from './lotus.ts'

/**
 * Asks a node for the tipset at a height; where that was a null round, the node gives the one
 * before it.
 *
 * @param below the blocks from which to go back; none for the node's own head
 * @throws {HeadError} when there is no good answer
 */
export async function askTipset(
  call: Call,
  source: string,
  height: bigint,
  below: readonly string[],
  signal: AbortSignal,
  timeout?: number
): Promise<Tipset> {
  if (height > Number.MAX_SAFE_INTEGER) throw new HeadError(source, `height ${height} is too large`)
  const method = 'Filecoin.ChainGetTipSetByHeight'
  const params = [Number(height), below.map((cid) => ({ '/': cid }))]
  const found = parseTipset(await call(method, signal, timeout, params), source)
  if (found.height > height) {
    throw new HeadError(source, `${method} answered height ${found.height}, asked for ${height}`)
  }
  return { height: found.height, cids: found.cids }
}

/** What a node tells about a head besides: its genesis, and the tipset that lies settled below it. */
export class HeadDetails {
  readonly #genesis: Genesis
  #asked: string | undefined
  #settled: Tipset | undefined

  constructor(clock: Clock) {
    this.#genesis = new Genesis(clock)
  }

  /** The head with what the node tells, asked at once and within `GENESIS_TIMEOUT`. Never fails but by the signal. */
  async addTo(head: Head, call: Call, source: string, signal: AbortSignal): Promise<Head> {
    const [complete, settled] = await Promise.all([
      this.#genesis.addTo(head, call, source, signal),
      this.#read(head, call, source, signal)
    ])
    return settled === undefined ? complete : { ...complete, settled }
  }

  /** Asks once for each head, whatever comes of it. */
  async #read(
    { height, cids }: Head,
    call: Call,
    source: string,
    signal: AbortSignal
  ): Promise<Tipset | undefined> {
    const depth = BigInt(SETTLED_EPOCHS)
    if (height < depth) return undefined
    const key = cids.join()
    if (key === this.#asked) return this.#settled
    this.#asked = key
    this.#settled = undefined
    try {
      const settled = await askTipset(call, source, height - depth, cids, signal, GENESIS_TIMEOUT)
      // A read of another head may have begun meanwhile.
      if (key === this.#asked) this.#settled = settled
      return settled
    } catch {
      if (signal.aborted && key === this.#asked) this.#asked = undefined
      signal.throwIfAborted()
      return undefined
    }
  }
}
