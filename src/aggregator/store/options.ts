import {
  MAX_STORE_BATCH_RECORDS,
  MAX_STORE_BYTES,
  MAX_STORE_QUEUED_RECORDS,
  MAX_STORE_RETRY_DELAY,
  STORE_BEATS_PERIOD,
  STORE_BUSY_TIMEOUT,
  STORE_CLOSE_TIMEOUT,
  STORE_REMEMBER_TIMEOUT,
  STORE_RETRY_DELAY,
  STORE_ROLLUPS_PERIOD,
  STORE_TIDY_PERIOD,
  STORE_TIDY_RECORDS,
  STORE_WRITE_DELAY
} from '../../constants.ts'
import { OptionError, refuseUnknown } from '../../errors.ts'
import { type Clock, systemClock } from '../../timing/index.ts'
import type { Retention, StoreInit } from './index.ts'

/** The bounds of one store. Periods, delays and timeouts are in ms. */
export interface StoreLimits {
  /** How long records are gathered before they are written. */
  readonly writeDelay: number
  readonly maxBatchRecords: number
  readonly maxQueuedRecords: number
  /** Bytes in use before the oldest beats are deleted. */
  readonly maxBytes: number
  /** Pages of 4 KiB that the file may have; what does not fit fails as on a full disk. @default none */
  readonly maxPages?: number
  readonly busyTimeout: number
  readonly retryDelay: number
  readonly maxRetryDelay: number
  readonly tidyPeriod: number
  readonly tidyRecords: number
  readonly rememberTimeout: number
  readonly closeTimeout: number
}

/** A store's options, checked and complete. */
export interface StoreSettings {
  readonly file: string
  readonly retention: Retention
  readonly limits: StoreLimits
  readonly clock: Clock
}

const DEFAULT_LIMITS: StoreLimits = {
  writeDelay: STORE_WRITE_DELAY,
  maxBatchRecords: MAX_STORE_BATCH_RECORDS,
  maxQueuedRecords: MAX_STORE_QUEUED_RECORDS,
  maxBytes: MAX_STORE_BYTES,
  busyTimeout: STORE_BUSY_TIMEOUT,
  retryDelay: STORE_RETRY_DELAY,
  maxRetryDelay: MAX_STORE_RETRY_DELAY,
  tidyPeriod: STORE_TIDY_PERIOD,
  tidyRecords: STORE_TIDY_RECORDS,
  rememberTimeout: STORE_REMEMBER_TIMEOUT,
  closeTimeout: STORE_CLOSE_TIMEOUT
}

const DEFAULT_RETENTION: Retention = { beats: STORE_BEATS_PERIOD, rollups: STORE_ROLLUPS_PERIOD }

/** @throws {OptionError} naming the option and what is wrong with it */
export function checkStoreInit(init: StoreInit): StoreSettings {
  refuseUnknown(init, ['file', 'retention', 'limits', 'clock'])
  const { file, retention = {}, limits = {}, clock = systemClock } = init
  if (typeof file !== 'string' || file.trim() === '' || file.includes('\0')) {
    throw new OptionError('file', 'is not the path of a file')
  }
  checkNumbers(retention, Object.keys(DEFAULT_RETENTION), 'retention.')
  checkNumbers(limits, [...Object.keys(DEFAULT_LIMITS), 'maxPages'], 'limits.')
  return {
    file,
    retention: { ...DEFAULT_RETENTION, ...retention },
    limits: { ...DEFAULT_LIMITS, ...limits },
    clock
  }
}

function checkNumbers(given: object, known: readonly string[], prefix: string): void {
  refuseUnknown(given, known, prefix)
  for (const [key, value] of Object.entries(given)) {
    if (Number.isSafeInteger(value) && value > 0) continue
    throw new OptionError(`${prefix}${key}`, `${String(value)} is not a whole number above 0`)
  }
}
