import { randomUUID } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import { Alarm, retryWindow } from '../../timing/index.ts'
import type { Alert } from '../alert.ts'
import type { NetworkHistory, NodeHistory, Range } from '../history.ts'
import type { ExportTopic, Remembered, Store, StoreRecord, StoreStatus } from './index.ts'
import type { Batch } from './message.ts'
import type { StoreSettings } from './options.ts'
import { Queue } from './queue.ts'
import { Reader } from './reader.ts'
import { type StartWorker, startWorker, WorkerLink } from './worker-link.ts'

const NOTHING: Remembered = { rows: [], alerts: [] }

/** A store in one file, behind a thread of its own. */
export class DiskStore implements Store {
  readonly #settings: StoreSettings
  readonly #link: WorkerLink
  readonly #reader: Reader
  readonly #queue: Queue
  readonly #alarm: Alarm
  readonly #session = randomUUID()
  readonly #remembered = Promise.withResolvers<Remembered>()
  /** Aborts when it closes: nothing is read or deleted any more. */
  readonly #closing = new AbortController()
  /** Aborts when what waits can no longer be waited for. */
  readonly #givingUp = new AbortController()
  readonly #running: Promise<void>
  #closed: Promise<void> | undefined
  #isOpened = false
  /** Sent, and sent again until it is known to be written. */
  #batch: Batch | undefined
  #batches = 0
  #gatheredSince = 0
  #failures = 0
  #retryAt = 0
  #lost = 0
  #state: StoreStatus['state'] = 'open'
  #since: number
  #problem: string | undefined
  #cancelTidy: (() => void) | undefined

  constructor(settings: StoreSettings, start: StartWorker = startWorker) {
    const { file, clock, limits } = settings
    const { busyTimeout, maxPages, maxQueuedRecords, rememberTimeout } = limits
    this.#settings = settings
    this.#link = new WorkerLink(
      { file, busyTimeout, ...(maxPages !== undefined && { maxPages }) },
      start
    )
    this.#reader = new Reader(this.#link)
    this.#queue = new Queue(maxQueuedRecords)
    this.#alarm = new Alarm(clock)
    this.#since = clock.now()
    const cancel = clock.after(rememberTimeout, () => this.#remembered.resolve(NOTHING))
    this.#remembered.promise.then(cancel)
    this.#running = this.#run()
  }

  get status(): StoreStatus {
    const problem = this.#problem ?? this.#link.notice
    return {
      state: this.#state,
      ...(problem !== undefined && { problem }),
      since: this.#since,
      queued: this.#queue.size + (this.#batch?.records.length ?? 0),
      lost: this.#lost + this.#queue.lost,
      bytes: this.#link.bytes
    }
  }

  write(record: StoreRecord): void {
    if (this.#closing.signal.aborted) {
      this.#lost++
      return
    }
    const before = this.#queue.size
    this.#queue.push(record)
    if (before === 0) this.#gatheredSince = this.#settings.clock.elapsed()
    if (before === 0 || before + 1 === this.#settings.limits.maxBatchRecords) this.#alarm.ring()
  }

  async remembered(): Promise<Remembered> {
    return await this.#remembered.promise
  }

  async nodeHistory(peer: string, range: Range, signal: AbortSignal): Promise<NodeHistory> {
    return await this.#reader.node(peer, range, this.#untilClosing(signal))
  }

  async networkHistory(range: Range, signal: AbortSignal): Promise<NetworkHistory> {
    return await this.#reader.network(range, this.#untilClosing(signal))
  }

  async alerts(limit: number, offset: number, signal: AbortSignal): Promise<readonly Alert[]> {
    return await this.#reader.alerts(limit, offset, this.#untilClosing(signal))
  }

  export(
    topic: ExportTopic,
    range: Omit<Range, 'step'>,
    signal: AbortSignal
  ): AsyncIterable<string> {
    return this.#reader.export(topic, range, this.#untilClosing(signal))
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close()
    await this.#closed
  }

  async #close(): Promise<void> {
    const { clock, limits } = this.#settings
    this.#closing.abort()
    this.#cancelTidy?.()
    this.#remembered.resolve(NOTHING)
    const cancel = clock.after(limits.closeTimeout, () => {
      this.#givingUp.abort()
      void this.#link.end()
    })
    // One more attempt at once, however long it failed.
    this.#failures = 0
    this.#retryAt = 0
    this.#alarm.ring()
    await this.#running
    await this.#link.close()
    cancel()
    this.#lost += this.status.queued
    this.#batch = undefined
    this.#queue.take(Number.POSITIVE_INFINITY)
    this.#turn('closed', this.#problem)
  }

  /** Opens the file, then writes what comes, until it is closed and nothing waits. */
  async #run(): Promise<void> {
    const { clock } = this.#settings
    const { signal } = this.#givingUp
    while (!signal.aborted) {
      const dueAt = this.#dueAt()
      if (dueAt !== undefined && dueAt <= clock.elapsed()) await this.#attempt()
      else if (dueAt === undefined && this.#closing.signal.aborted) return
      else await this.#alarm.wait(dueAt, signal)
    }
  }

  /** When the next thing is to be done, in ms that never jump; `undefined` while there is none. */
  #dueAt(): number | undefined {
    const { maxBatchRecords, writeDelay } = this.#settings.limits
    const { size } = this.#queue
    const isIdle = this.#batch === undefined && size === 0
    if (isIdle && (this.#isOpened || this.#closing.signal.aborted)) return undefined
    if (!this.#isOpened || this.#batch !== undefined || this.#failures > 0) return this.#retryAt
    if (size >= maxBatchRecords || this.#closing.signal.aborted) return 0
    return this.#gatheredSince + writeDelay
  }

  async #attempt(): Promise<void> {
    const { clock, limits } = this.#settings
    try {
      if (this.#isOpened) await this.#writeBatch()
      else await this.#open()
      this.#failures = 0
      this.#retryAt = 0
      this.#turn('open', undefined)
    } catch (error) {
      const window = retryWindow(this.#failures++, limits.retryDelay)
      this.#retryAt = clock.elapsed() + Math.min(limits.maxRetryDelay, window)
      this.#turn('failing', error instanceof StoreError ? error.message : String(error))
    }
  }

  async #open(): Promise<void> {
    this.#remembered.resolve(await this.#link.ask('remembered', {}))
    this.#isOpened = true
    if (!this.#closing.signal.aborted) void this.#tidy()
  }

  async #writeBatch(): Promise<void> {
    const { clock, limits } = this.#settings
    if (this.#batch === undefined) {
      const records = this.#queue.take(limits.maxBatchRecords)
      this.#batch = { session: this.#session, number: this.#batches++, records }
      this.#gatheredSince = clock.elapsed()
    }
    const { refused } = await this.#link.ask('write', this.#batch)
    this.#lost += refused
    this.#batch = undefined
  }

  /** Deletes what is too old or too much, chunk by chunk, and looks again after a while. Never throws. */
  async #tidy(): Promise<void> {
    const { clock, retention, limits } = this.#settings
    const { maxBytes, tidyRecords: maxRecords, tidyPeriod } = limits
    const { signal } = this.#closing
    try {
      for (;;) {
        const tidying = { now: clock.now(), retention, maxBytes, maxRecords }
        if (!(await this.#reader.tidy(tidying, signal))) break
      }
    } catch {
      // What fails here fails for writes, too, which say so.
    }
    if (!signal.aborted) this.#cancelTidy = clock.after(tidyPeriod, () => void this.#tidy())
  }

  #turn(state: StoreStatus['state'], problem: string | undefined): void {
    if (state !== this.#state) this.#since = this.#settings.clock.now()
    this.#state = state
    this.#problem = problem
  }

  #untilClosing(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal])
  }
}
