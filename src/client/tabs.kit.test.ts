// For tests: a browser whose tabs share locks and channels, each with a time of its own that the
// test moves, and that may be stalled as a browser stalls a page that nobody looks at.

import { FakeClock } from '../timing/fake-clock.ts'
import type { Channel, Locks } from './leadership.ts'

interface Request {
  readonly run: (lock: unknown) => Promise<void>
  readonly loop: Loop
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

type Listener = (event: { data: unknown }) => void

interface OpenChannel {
  readonly name: string
  readonly loop: Loop
  readonly listeners: Listener[]
}

/** What happens in one tab, one thing after another. */
class Loop {
  readonly clock = new FakeClock(1_000_000)
  #held: (() => void)[] | undefined
  missed = 0

  get isStalled(): boolean {
    return this.#held !== undefined
  }

  run(task: () => void): void {
    if (this.#held === undefined) queueMicrotask(task)
    else this.#held.push(task)
  }

  stall(): void {
    this.#held ??= []
  }

  /** Timers come before what others have sent meanwhile: that is the harder order. */
  wake(): void {
    const held = this.#held ?? []
    this.#held = undefined
    this.clock.advance(this.missed)
    this.missed = 0
    for (const task of held) queueMicrotask(task)
  }
}

/** One tab, as its page sees it. */
export interface HandTab {
  readonly clock: FakeClock
  readonly locks: Locks
  readonly openChannel: (name: string) => Channel
  stall(): void
  wake(): void
}

/** A browser with as many tabs as a test opens. */
export class HandBrowser {
  readonly #loops: Loop[] = []
  readonly #channels = new Set<OpenChannel>()
  readonly #held = new Map<string, Request>()
  readonly #queue: { readonly name: string; readonly request: Request }[] = []
  /** Whether pages are refused their locks. */
  isDenying = false

  get openChannels(): number {
    return this.#channels.size
  }

  get heldLocks(): string[] {
    return [...this.#held.keys()]
  }

  get waitingRequests(): number {
    return this.#queue.length
  }

  open(): HandTab {
    const loop = new Loop()
    this.#loops.push(loop)
    return {
      clock: loop.clock,
      locks: { request: (...request) => this.#request(loop, ...request) },
      openChannel: (name) => this.#openChannel(loop, name),
      stall: () => loop.stall(),
      wake: () => loop.wake()
    }
  }

  /** Moves the time of every tab that is not stalled, timer by timer. */
  async tick(period: number): Promise<void> {
    let left = period
    for (;;) {
      await settled()
      const awake = this.#loops.filter(({ isStalled }) => !isStalled)
      const step = Math.min(left, ...awake.flatMap(({ clock }) => clock.pending))
      for (const loop of this.#loops) {
        if (loop.isStalled) loop.missed += step
        else loop.clock.advance(step)
      }
      left -= step
      await settled()
      if (left <= 0 && !awake.some(({ clock }) => clock.pending.includes(0))) return
    }
  }

  #openChannel(loop: Loop, name: string): Channel {
    const channel: OpenChannel = { name, loop, listeners: [] }
    this.#channels.add(channel)
    return {
      postMessage: (message) => {
        if (!this.#channels.has(channel)) throw new DOMException('closed', 'InvalidStateError')
        for (const other of this.#channels) {
          if (other !== channel && other.name === name) this.#deliver(other, message)
        }
      },
      addEventListener: (_type, listener) => void channel.listeners.push(listener),
      close: () => void this.#channels.delete(channel)
    }
  }

  #deliver(channel: OpenChannel, message: unknown): void {
    const data = structuredClone(message)
    channel.loop.run(() => {
      if (!this.#channels.has(channel)) return
      for (const listener of channel.listeners) listener({ data })
    })
  }

  #request(
    loop: Loop,
    name: string,
    { ifAvailable, steal, signal }: Parameters<Locks['request']>[1],
    run: Request['run']
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const request = { run, loop, resolve, reject }
    if (this.isDenying) {
      loop.run(() => reject(new DOMException('no locks here', 'SecurityError')))
      return promise
    }
    const holder = this.#held.get(name)
    if (holder !== undefined && ifAvailable) loop.run(() => run(null).then(resolve, reject))
    else if (holder !== undefined && !steal) this.#wait(name, request, signal)
    else {
      if (holder !== undefined) {
        const stolen = new DOMException('stolen', 'AbortError')
        holder.loop.run(() => holder.reject(stolen))
      }
      this.#grant(name, request)
    }
    return promise
  }

  #wait(name: string, request: Request, signal: AbortSignal | undefined): void {
    const entry = { name, request }
    this.#queue.push(entry)
    signal?.addEventListener('abort', () => {
      const at = this.#queue.indexOf(entry)
      if (at === -1) return
      this.#queue.splice(at, 1)
      request.loop.run(() => request.reject(signal.reason))
    })
  }

  #grant(name: string, request: Request): void {
    this.#held.set(name, request)
    const release = (): void => {
      request.resolve()
      if (this.#held.get(name) !== request) return
      this.#held.delete(name)
      const at = this.#queue.findIndex((each) => each.name === name)
      const [next] = at === -1 ? [] : this.#queue.splice(at, 1)
      if (next !== undefined) this.#grant(name, next.request)
    }
    request.loop.run(() => void request.run({ name }).then(release, release))
  }
}

/** Waits until nothing is left to run without time going on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
