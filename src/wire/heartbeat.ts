/** What a client says at one moment: where it believes the chain is, and who says so. */
export interface Heartbeat {
  /** CIDs of the head's blocks, each in its own text form; empty at genesis. */
  readonly head: readonly string[]
  /** Epoch of the head, 0 … 2^64−1. */
  readonly height: bigint
  /** Any text, never fit for display as it is: see `displayNickname`. */
  readonly nickname: string
  /** Address of a miner, or `''` for none. */
  readonly minerAddress: string
  /** CID of the genesis block, which tells the chain; absent where it is not known. */
  readonly genesis?: string
}
