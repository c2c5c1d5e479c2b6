import {
  MAX_REFERENCE_DEPTH,
  MAX_REFERENCE_QUESTIONS,
  MAX_REFERENCE_QUESTIONS_PER_EPOCH,
  MAX_REFERENCE_REQUESTS,
  MAX_REFERENCE_SILENT_EPOCHS,
  POLL_JITTER,
  REFERENCE_POLLS_PER_EPOCH,
  REFERENCE_PREFETCH,
  SETTLED_EPOCHS
} from '../constants.ts'
import type { Head, TipsetSource } from '../head/index.ts'
import { type Clock, sleep } from '../timing/index.ts'
import { sortCids } from '../wire/index.ts'
import { isSettled, tipsetKey } from './agreement.ts'
import type { Reference, ReferenceStatus } from './reference.ts'

/** What every reference is told. */
export interface ReferenceInit {
  /** Length of an epoch, in ms. */
  readonly epochPeriod: number
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
  /** Is told after each poll, whether it was answered or not: may judge the reference. */
  readonly onPolled: () => void
}

/** A tipset that was asked for, and when, in ms that never jump. */
interface Known {
  readonly key: string
  readonly at: number
}

/**
 * A Lotus node that the operator compares with: asked for its head a few times an epoch, and for
 * its settled tipsets ahead of need. What is known is never older than a few epochs, since even a
 * settled tipset may be replaced.
 */
export class RpcReference implements Reference {
  readonly #source: TipsetSource
  readonly #init: ReferenceInit
  readonly #tipsets = new Map<bigint, Known>()
  /** Heights that are being fetched ahead. */
  readonly #fetching = new Set<bigint>()
  /** Heights that clients named, and that are being asked for. */
  readonly #asking = new Set<bigint>()
  #signal: AbortSignal | undefined
  /** Questions of clients since `#countedFrom`, in ms that never jump. */
  #questions = 0
  #countedFrom = Number.NEGATIVE_INFINITY
  #head: Head | undefined
  #headProblem: string | undefined = 'has not answered yet'
  #networkProblem: string | undefined
  #tipsetProblem: string | undefined
  #since: number
  /** When it told its head last, in ms that never jump. */
  #heardAt = Number.NEGATIVE_INFINITY
  height = 0n
  /** CID of its chain's genesis block, as it was told last. */
  genesis: string | undefined
  /** Whether a poll of it has ended, well or not. */
  isPolled = false

  constructor(source: TipsetSource, init: ReferenceInit) {
    this.#source = source
    this.#init = init
    this.#since = init.clock.now()
  }

  get status(): ReferenceStatus {
    const problem = this.#problem
    return {
      name: this.#source.name,
      kind: 'rpc',
      ok: problem === undefined,
      ...(this.#head && { height: this.height.toString() }),
      ...(problem !== undefined && { problem }),
      since: this.#since
    }
  }

  /** Asks until the signal aborts. Never throws. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    const { epochPeriod, clock, random } = this.#init
    const period = epochPeriod / REFERENCE_POLLS_PER_EPOCH
    while (!signal.aborted) {
      await this.#poll(signal)
      await sleep(period * (1 - POLL_JITTER * random()), signal, clock).catch(() => {})
    }
  }

  /** Whether it was heard within a few epochs before `now`, in ms that never jump. */
  isLive(now: number): boolean {
    if (this.#networkProblem !== undefined) return false
    return now - this.#heardAt <= MAX_REFERENCE_SILENT_EPOCHS * this.#init.epochPeriod
  }

  settledAt(height: bigint): string | undefined {
    const known = this.#tipsets.get(height)
    return known !== undefined && this.#age(known) <= MAX_REFERENCE_SILENT_EPOCHS
      ? known.key
      : undefined
  }

  /** Says what is wrong with its network, compared with others; while something is, it does not count. */
  judge(networkProblem: string | undefined): void {
    this.#tell(() => {
      this.#networkProblem = networkProblem
    })
  }

  /**
   * Asks for the tipset at a height that a client named, if it is a sensible one, and not known. How
   * the node answers such a question does not show in its status: strangers choose what is asked.
   */
  want(height: bigint): void {
    if (this.#head === undefined || this.#networkProblem !== undefined) return
    if (!isSettled(height, this.height)) return
    if (this.height - height > MAX_REFERENCE_DEPTH) return
    const known = this.#tipsets.get(height)
    if (known !== undefined && this.#age(known) < 1) return
    if (this.#fetching.has(height) || this.#asking.has(height)) return
    if (this.#asking.size >= MAX_REFERENCE_QUESTIONS || !this.#takeQuestion()) return
    void this.#ask(height, this.#asking)
  }

  async #poll(signal: AbortSignal): Promise<void> {
    let head: Head | undefined
    let problem: string | undefined
    try {
      head = await this.#source.head(signal)
    } catch (error) {
      if (signal.aborted) return
      problem = messageOf(error)
    }
    this.isPolled = true
    this.genesis = head?.genesis ?? this.genesis
    this.#init.onPolled()
    this.#tell(() => {
      this.#headProblem = problem
    })
    if (head !== undefined && this.#networkProblem === undefined) this.#hear(head)
  }

  #hear(head: Head): void {
    const before = this.#head
    this.#head = head
    this.height = head.height
    this.#heardAt = this.#init.clock.elapsed()
    if (before !== undefined && tipsetText(before) === tipsetText(head)) return
    // A chain that went back was replaced, nobody knows from where on.
    if (before !== undefined && head.height < before.height) this.#tipsets.clear()
    for (const [height, known] of this.#tipsets) {
      if (this.#age(known) > MAX_REFERENCE_SILENT_EPOCHS) this.#tipsets.delete(height)
    }
    const newest = head.height - BigInt(SETTLED_EPOCHS - 1)
    void this.#fetchAhead(newest)
  }

  /** Asks for the tipsets from `newest` down; the status tells whether all could be had. */
  async #fetchAhead(newest: bigint): Promise<void> {
    const answers: Promise<string | undefined>[] = []
    for (let depth = 0n; depth < REFERENCE_PREFETCH && depth <= newest; depth++) {
      const height = newest - depth
      if (this.#fetching.has(height)) continue
      if (this.#fetching.size >= MAX_REFERENCE_REQUESTS) break
      answers.push(this.#ask(height, this.#fetching))
    }
    if (answers.length === 0) return
    const problems = await Promise.all(answers)
    this.#tell(() => {
      this.#tipsetProblem = problems.find((problem) => problem !== undefined)
    })
  }

  /** Whether clients may have one more question asked in this epoch. */
  #takeQuestion(): boolean {
    const now = this.#init.clock.elapsed()
    if (now - this.#countedFrom >= this.#init.epochPeriod) {
      this.#countedFrom = now
      this.#questions = 0
    }
    if (this.#questions >= MAX_REFERENCE_QUESTIONS_PER_EPOCH) return false
    this.#questions += 1
    return true
  }

  /**
   * One question, that is among those under way while it is. Never throws.
   *
   * @returns why there was no answer
   */
  async #ask(height: bigint, underWay: Set<bigint>): Promise<string | undefined> {
    const signal = this.#signal
    if (signal === undefined || signal.aborted) return undefined
    underWay.add(height)
    const asked = this.#head
    try {
      const { cids } = await this.#source.at(height, signal)
      // An answer of a chain that was replaced meanwhile says nothing.
      if (asked !== undefined && asked.height <= this.height) {
        this.#tipsets.set(height, {
          key: tipsetKey(sortCids(cids)),
          at: this.#init.clock.elapsed()
        })
      }
      return undefined
    } catch (error) {
      return signal.aborted ? undefined : messageOf(error)
    } finally {
      underWay.delete(height)
    }
  }

  get #problem(): string | undefined {
    return this.#headProblem ?? this.#networkProblem ?? this.#tipsetProblem
  }

  #tell(change: () => void): void {
    const was = this.#problem === undefined
    change()
    if ((this.#problem === undefined) !== was) this.#since = this.#init.clock.now()
  }

  /** In epochs. */
  #age({ at }: Known): number {
    return (this.#init.clock.elapsed() - at) / this.#init.epochPeriod
  }
}

function tipsetText({ height, cids }: Head): string {
  return `${height} ${cids.join(' ')}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
