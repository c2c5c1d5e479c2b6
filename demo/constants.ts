// The numbers of the demo: unit in the name, reason beside it.

/** Length of an epoch, in ms: short enough to watch the chain move, long enough to read a number. */
export const DEFAULT_DEV_EPOCH_PERIOD = 4_000

/** Shortest and longest epoch that can be asked for, in ms: Lotus tells time in whole seconds. */
export const MIN_DEV_EPOCH_PERIOD = 1_000
export const MAX_DEV_EPOCH_PERIOD = 60_000

/**
 * When the development chain began, in Unix seconds: 1 September 2025. Fixed, so that each run has
 * the same genesis, and so high epochs that they look like a real chain's.
 */
export const DEV_GENESIS_TIMESTAMP = 1_756_684_800

/** What the development chain's CIDs are drawn from unless a seed is given. */
export const DEFAULT_SEED = 'devnet'

/** Tipsets that the development chain keeps: an hour's of the default epoch. */
export const MAX_TIPSETS = 900

/** Tipsets that exist as soon as the chain starts: enough for every settled height and a revert. */
export const FIRST_TIPSETS = 60

/** Most tipsets that one revert may replace: no deeper than what exists at the start. */
export const MAX_REVERT = FIRST_TIPSETS - 1

/** Changes told in one notification: 32 tipsets are about 60 kB, far below what a client reads. */
export const MAX_NOTIFIED_CHANGES = 32

/** Blocks in the largest tipset. Filecoin expects 5. */
export const MAX_BLOCKS = 5

/** Miners that make the blocks of the development chain. */
export const MINERS = 12

/** Largest request read, in bytes: every method here takes a number or two. */
export const MAX_REQUEST_BYTES = 16_384

/** Bytes that may wait for a slow WebSocket client before it is cut. */
export const MAX_WAITING_BYTES = 4_194_304

/** Longest wait for everything to end, in ms: Ctrl-C is promised to take a second at most. */
export const STOP_TIMEOUT = 800

/** Signals closer together than this, in ms, are one: npm passes on a Ctrl-C that came anyway. */
export const SAME_SIGNAL_DELAY = 250

/** Longest wait for the first answers of a real Lotus node, in ms. */
export const RPC_START_TIMEOUT = 10_000

/** For how long the playground's button says what became of a copy, in ms: long enough to be read. */
export const COPIED_PERIOD = 2_000

/** The ports of the demo, unless flags say otherwise. */
export const DEFAULT_PORTS = {
  page: 8080,
  relay: 4001,
  aggregator: 4002,
  http: 4003,
  chain: 4004
} as const
