// What a page adds to the sender: options and heads go in, one honest state and one view come out.
// The network side is loaded only after consent, and spoken to through one narrow port.

import type { Head } from '../head/index.ts'
import { Client } from './client.ts'
import type { HeadInput } from './head-feed.ts'
import type { ClientOptions } from './options.ts'
import type { SentBeat } from './port.ts'
import type { ClientState } from './state.ts'
import type { View } from './view.ts'

export type { IceServer } from '../net/ice-server.ts'
export type { HeadInput } from './head-feed.ts'
export type { ClientOptions, Words } from './options.ts'
export type { SentBeat } from './port.ts'
export type { BeatingState, ClientState, ConnectionState, Delivery, RejectReason } from './state.ts'
export type { Verdict, View } from './view.ts'

/** A light client's heartbeat, for pages that have no libp2p node of their own. */
export interface HeartbeatClient {
  /** Do this wallet's reports arrive? */
  readonly state: ClientState
  /** Is this wallet's view of the chain fresh? Judged before consent as well, by the clock alone. */
  readonly view: View
  /** What it was last told, but for its key; `undefined` before. */
  readonly options: Omit<ClientOptions, 'identity'> | undefined
  /** The last head that was handed in, or learnt from a node. */
  readonly head: Head | undefined
  /** The last beat that left, with its very bytes. */
  readonly lastBeat: SentBeat | undefined
  /**
   * Whether this browser lets tabs of one origin share one connection; without Web Locks each beats
   * by itself. `undefined` until reporting has begun.
   */
  readonly sharesTabs: boolean | undefined
  /** Whether reporting was agreed to, and not stopped since. */
  readonly consented: boolean
  /**
   * Replaces the options. A running client goes on with other periods over the connection that it
   * has, and restarts only if something else changes.
   *
   * @throws {OptionError} naming the option that is wrong; the state then says so too
   */
  configure(options: ClientOptions): void
  /**
   * Hands in the wallet's head: a value each time it moves, or a function or source to ask.
   *
   * @throws {HeadError} when a value is no head
   */
  setHead(head: HeadInput | undefined): void
  /**
   * Starts to report. Nothing is loaded, dialled or sent before.
   *
   * @throws {OptionError} without `{ consent: true }`
   */
  start(options: { consent: true }): Promise<void>
  /** Stops reporting, here or in every tab that shares it; resolves when every connection is closed. */
  stop(options?: { everywhere?: boolean }): Promise<void>
  /** Tries again at once, if it waits for the next try. */
  retry(): void
  /** Calls back after changes of state, view or last beat, batched; returns how to end that. */
  subscribe(listener: () => void): () => void
}

/** Makes a client that is still without options, as an element needs it. */
export function createIdleClient(): HeartbeatClient {
  return new Client(async () => (await import('./tab.ts')).openTab)
}

/**
 * Makes a client. It stays silent until `start({ consent: true })`.
 *
 * @throws {OptionError} naming the option that is wrong
 */
export function createHeartbeatClient(options: ClientOptions): HeartbeatClient {
  const client = createIdleClient()
  client.configure(options)
  return client
}
