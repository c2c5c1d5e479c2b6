import { MAX_STORE_RETENTION, MIN_STORE_BYTES, MIN_STORE_RETENTION } from '../constants.ts'
import { OptionError, refuseUnknown } from '../errors.ts'
import { quote } from '../net/server.ts'
import { type Duration, parseDuration } from '../timing/index.ts'
import type { StoreInit } from './store/index.ts'

/** Where history is kept, and for how long. */
export interface StoreOptions {
  /** Path of the file; it and its folder are made when they are not there. */
  readonly file: string
  /** How long single beats of watched nodes are kept. @default 168h, a week */
  readonly beats?: Duration
  /** How long everything else is kept. @default 2160h, 90 days */
  readonly rollups?: Duration
  /** Most bytes on disk; the oldest beats go first. @default 1 GiB */
  readonly maxBytes?: number
}

/** Their names, and where alerts are told. */
export const MEMORY_OPTIONS = ['store', 'webhook']

const STORE_OPTIONS = ['file', 'beats', 'rollups', 'maxBytes']

/** @throws {OptionError} naming the option and the words in it that are wrong */
export function checkStore(given: StoreOptions | undefined): StoreInit | undefined {
  if (given === undefined) return undefined
  if (typeof given !== 'object' || given === null) {
    throw new OptionError('store', `${quote(given)} is not an object with a file`)
  }
  refuseUnknown(given, STORE_OPTIONS, 'store.')
  const { file, beats, rollups, maxBytes } = given
  if (typeof file !== 'string' || file === '') {
    throw new OptionError('store.file', `${quote(file)} is not the path of a file`)
  }
  return {
    file,
    retention: {
      ...(beats !== undefined && { beats: checkRetention(beats, 'store.beats') }),
      ...(rollups !== undefined && { rollups: checkRetention(rollups, 'store.rollups') })
    },
    ...(maxBytes !== undefined && { limits: { maxBytes: checkBytes(maxBytes) } })
  }
}

/** @throws {OptionError} without the URL, which may hold a secret */
export function checkWebhook(given: unknown): string | undefined {
  if (given === undefined) return undefined
  const url = typeof given === 'string' ? URL.parse(given) : null
  if (url?.protocol === 'https:') return url.href
  if (url?.protocol === 'http:' && LOOPBACK.test(url.hostname)) return url.href
  throw new OptionError('webhook', 'is no https: URL, nor an http: one of this machine')
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

function checkRetention(given: Duration, option: string): number {
  const bounds = { min: MIN_STORE_RETENTION, max: MAX_STORE_RETENTION }
  return Math.round(parseDuration(given, option, bounds))
}

function checkBytes(given: unknown): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= MIN_STORE_BYTES) {
    return given
  }
  throw new OptionError('store.maxBytes', `${quote(given)} is not a number from ${MIN_STORE_BYTES}`)
}
