import { Worker } from 'node:worker_threads'
import { StoreError } from '../../errors.ts'
import type { Questions, Reply, Request, Topic, WorkerInit } from './message.ts'
import { workerUrl } from './worker-url.ts'

/** Starts the store's thread. */
export type StartWorker = (init: WorkerInit) => Worker

interface Waiting {
  resolve(answer: unknown): void
  reject(error: StoreError): void
}

/** Starts the thread that is beside this file, or built from it. */
export const startWorker: StartWorker = (init) =>
  // Flags of the process, such as those of a test runner, are none of the thread's.
  new Worker(workerUrl(), { workerData: init, name: 'store', execArgv: [] })

/** Asks the store's thread, which is started when it is needed, and anew after it ended. */
export class WorkerLink {
  readonly #init: WorkerInit
  readonly #start: StartWorker
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #asked = 0
  #notice: string | undefined
  #bytes = 0

  constructor(init: WorkerInit, start: StartWorker) {
    this.#init = init
    this.#start = start
  }

  /** Where a damaged file was moved to, if one was. */
  get notice(): string | undefined {
    return this.#notice
  }

  /** Bytes on disk, as of the last answer. */
  get bytes(): number {
    return this.#bytes
  }

  /** @throws {StoreError} when the file cannot be used now, or the thread ended */
  ask<T extends Topic>(topic: T, ask: Questions[T]['ask']): Promise<Questions[T]['answer']> {
    return new Promise((resolve, reject) => {
      const id = this.#asked++
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      try {
        this.#worker ??= this.#started()
        const request: Request = { id, question: { topic, ask } }
        this.#worker.postMessage(request)
      } catch (error) {
        this.#waiting.delete(id)
        reject(endedBecause(error))
      }
    })
  }

  /** Closes the file, then ends the thread. Never throws. */
  async close(): Promise<void> {
    if (this.#worker === undefined) return
    await this.ask('close', {}).catch(() => undefined)
    await this.end()
  }

  /** Ends the thread, whatever it does. What was asked is not answered. */
  async end(): Promise<void> {
    await this.#worker?.terminate()
  }

  #started(): Worker {
    const worker = this.#start(this.#init)
    worker.on('message', (reply: Reply) => this.#take(reply))
    worker.on('error', (error) => this.#ended(worker, error))
    worker.on('exit', () => this.#ended(worker, new Error('it ended')))
    return worker
  }

  #take({ id, answer, problem, notice, bytes }: Reply): void {
    this.#bytes = bytes
    this.#notice = notice ?? this.#notice
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (problem === undefined) waiting?.resolve(answer)
    else waiting?.reject(new StoreError(problem))
  }

  #ended(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const ended = endedBecause(error)
    for (const { reject } of this.#waiting.values()) reject(ended)
    this.#waiting.clear()
  }
}

function endedBecause(error: unknown): StoreError {
  const why = error instanceof Error ? error.message : String(error)
  return new StoreError(`the thread that keeps history failed (${why}): it is started anew`, {
    cause: error
  })
}
