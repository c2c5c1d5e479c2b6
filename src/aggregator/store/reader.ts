import { MAX_HISTORY_POINTS, MAX_STORE_QUESTIONS, MINUTE } from '../../constants.ts'
import { StoreError } from '../../errors.ts'
import type { Alert } from '../alert.ts'
import type { NetworkHistory, NodeHistory, Range } from '../history.ts'
import type { ExportTopic } from './index.ts'
import { Lane } from './lane.ts'
import type { Cursor, ExportChunk, Questions, Tidying, Topic } from './message.ts'
import type { WorkerLink } from './worker-link.ts'

/** Asks the store's thread for history, one question at a time, so that no write waits for many. */
export class Reader {
  readonly #link: WorkerLink
  readonly #lane = new Lane(MAX_STORE_QUESTIONS)

  constructor(link: WorkerLink) {
    this.#link = link
  }

  /** @throws {StoreError} */
  async node(peer: string, range: Range, signal: AbortSignal): Promise<NodeHistory> {
    checkRange(range)
    return await this.#ask('node', { peer, range }, signal)
  }

  /** @throws {StoreError} */
  async network(range: Range, signal: AbortSignal): Promise<NetworkHistory> {
    checkRange(range)
    return await this.#ask('network', { range }, signal)
  }

  /** @throws {StoreError} */
  async alerts(limit: number, offset: number, signal: AbortSignal): Promise<readonly Alert[]> {
    return await this.#ask('alerts', { limit, offset }, signal)
  }

  /** @throws {StoreError} */
  async *export(
    topic: ExportTopic,
    range: Omit<Range, 'step'>,
    signal: AbortSignal
  ): AsyncGenerator<string> {
    let cursor: Cursor | undefined
    do {
      const ask = { topic, range, ...(cursor !== undefined && { cursor }) }
      const chunk: ExportChunk = await this.#ask('export', ask, signal)
      if (chunk.text !== '') yield chunk.text
      cursor = chunk.cursor
    } while (cursor !== undefined)
  }

  /**
   * Deletes a chunk of what is too old.
   *
   * @returns whether there is more
   * @throws {StoreError}
   */
  async tidy(tidying: Tidying, signal: AbortSignal): Promise<boolean> {
    const { more } = await this.#ask('tidy', tidying, signal)
    return more
  }

  #ask<T extends Topic>(
    topic: T,
    ask: Questions[T]['ask'],
    signal: AbortSignal
  ): Promise<Questions[T]['answer']> {
    return this.#lane.run(() => this.#link.ask(topic, ask), signal)
  }
}

function checkRange({ from, to, step }: Range): void {
  if (!(from < to && step >= 0 && step % MINUTE === 0)) {
    throw new StoreError('a history goes from an earlier moment to a later, in whole minutes')
  }
  if ((to - from) / Math.max(step, MINUTE) <= MAX_HISTORY_POINTS) return
  throw new StoreError(
    `a history has at most ${MAX_HISTORY_POINTS} points: ask for less time, or for longer steps`
  )
}
