// Every number of the project lives here once: its unit is in its name, its reason beside it.

// ── Time ────────────────────────────────────────────────────────────────────

/** How often a library or CLI user beats, in ms. go-filecoin's `beatPeriod`. */
export const DEFAULT_BEAT_PERIOD = 3_000

/** How often a page beats, in ms: one epoch, since wallets are many and a head changes once an epoch. */
export const DEFAULT_ELEMENT_BEAT_PERIOD = 30_000

/** First back-off window after a lost connection, in ms. go-filecoin's `reconnectPeriod`. */
export const DEFAULT_RECONNECT_PERIOD = 10_000

/** Shortest period that an option may ask for, in ms: below it timers of browsers are not honest. */
export const MIN_PERIOD = 50

/** Longest period that an option may ask for, in ms: a beat announces its next within 10 minutes. */
export const MAX_PERIOD = 600_000

/** Cap of the back-off window, in ms. A minute is as long as a user waits before reloading the page. */
export const MAX_RECONNECT_DELAY = 60_000

/** How often a failure that goes on is said again at error level, in ms. go-filecoin's 10 minutes. */
export const FAILURE_REPEAT_PERIOD = 600_000

/** Longest wait for the head of one beat, in ms. A beat says *now*: a later answer serves the next one. */
export const HEAD_READ_TIMEOUT = 2_000

// ── Head sources ────────────────────────────────────────────────────────────

/** Longest wait for one JSON-RPC answer, in ms: a third of an epoch, so that a retry still fits in it. */
export const RPC_TIMEOUT = 10_000

/**
 * Largest spread added to an epoch boundary before a node is polled, as a share of the epoch.
 * Blocks need a few seconds to travel, and wallets must not all ask in the same instant.
 */
export const POLL_JITTER = 0.2

/** Largest JSON-RPC answer read, in bytes. A tipset of fifteen blocks is about 30 kB. */
export const MAX_RPC_ANSWER_BYTES = 1_048_576

/** Blocks in the largest head that is sent or shown. Filecoin expects 5 a tipset; 15 is far in the tail. */
export const MAX_HEAD_CIDS = 32

// ── Wire ────────────────────────────────────────────────────────────────────

/** The heartbeat protocol of go-filecoin, 2019. It has no leading slash. */
export const HEARTBEAT_PROTOCOL_V1 = 'fil/heartbeat/1.0.0'

/**
 * Longest line read from a stranger, in bytes. The largest beat that go-filecoin
 * could write with a five-block tipset is about 600; substrate-telemetry allows
 * 256 kB a second. Raise it only together with MAX_HEAD_CIDS.
 */
export const MAX_LINE_BYTES = 4_096

/** Largest height that a beat can carry: an unsigned 64-bit integer. */
export const MAX_HEIGHT = 2n ** 64n - 1n

/** Longest nickname, in Unicode code points: what fits a table's column and a person's eye. */
export const MAX_NICKNAME_CODE_POINTS = 64

/** Longest miner address, in bytes. An f4 address is at most 86 characters. */
export const MAX_MINER_ADDRESS_BYTES = 128

// ── Chains ──────────────────────────────────────────────────────────────────

/** Filecoin's epoch, in ms. */
export const EPOCH_PERIOD = 30_000

/** When Filecoin's mainnet began, in Unix seconds. */
export const MAINNET_GENESIS_TIMESTAMP = 1_598_306_400

/** When the calibration network began, in Unix seconds. */
export const CALIBRATION_GENESIS_TIMESTAMP = 1_667_326_380
