// For tests: pages with one tab each, and the network side, played by hand. Holds no test itself.

import assert from 'node:assert/strict'
import { MAINNET } from '../timing/index.ts'
import type { LifecycleObserver } from './lifecycle.ts'
import type { Inbound, Outbound, Port, RuntimeOptions } from './port.ts'
import type { BeatingState } from './state.ts'
import { PageTab, type TabMessage } from './tab.ts'
import type { HandBrowser, HandTab } from './tabs.kit.test.ts'

export const PERIOD = 30_000
const TARGET =
  '/dns4/agg.example/tcp/443/wss/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
export const OPTIONS: RuntimeOptions = {
  targets: [TARGET],
  relays: [],
  routes: ['websocket'],
  nickname: 'n',
  minerAddress: '',
  beatPeriod: PERIOD,
  reconnectPeriod: 10_000,
  chain: MAINNET,
  iceServers: [],
  onLoopback: false
}
export const BEATING: BeatingState = {
  phase: 'beating',
  route: 'websocket',
  delivery: { kind: 'unconfirmed' },
  lastBeat: { at: 1, height: 7n },
  nextBeatAt: 2,
  suspect: false
}
type HandPort = Port<Outbound, Inbound>

/** One run of the network side, played by a test. */
export class HandSession {
  readonly received: Inbound[] = []
  isClosed = false
  answersStop = true
  #listener: (event: { data: Outbound }) => void = () => {}
  readonly port: HandPort = {
    postMessage: (message) => {
      this.received.push(message)
      if (message.type === 'stop' && this.answersStop) this.tell({ type: 'stopped' })
    },
    addEventListener: (_type, listener) => {
      this.#listener = listener
    },
    start: () => {},
    close: () => {
      this.isClosed = true
    }
  }

  tell(message: Outbound): void {
    this.#listener({ data: message })
  }

  get isRunning(): boolean {
    return this.wasTold('start') && !this.wasTold('stop')
  }

  wasTold(type: Inbound['type']): boolean {
    return this.received.some((message) => message.type === type)
  }
}

/** A tab of a page, with a network side and a life that the test decides on. */
export class Page {
  readonly told: TabMessage[] = []
  readonly sessions: HandSession[] = []
  readonly hand: HandTab
  readonly tab: PageTab
  life: LifecycleObserver | undefined
  lifeSignal: AbortSignal | undefined
  /** What ends the loading of the network code. */
  loading: AbortSignal | undefined
  /** What loading the network code waits for. */
  gate: Promise<unknown> = Promise.resolve()

  constructor(
    browser: HandBrowser,
    part: Partial<{
      options: object
      locks: undefined
      life: (life: LifecycleObserver) => void
      gate: Promise<unknown>
    }> = {}
  ) {
    this.hand = browser.open()
    this.gate = part.gate ?? this.gate
    const connect = async (signal: AbortSignal): Promise<HandPort> => {
      this.loading = signal
      await this.gate
      const session = new HandSession()
      this.sessions.push(session)
      return session.port
    }
    this.tab = new PageTab({ ...OPTIONS, ...part.options }, (message) => this.told.push(message), {
      ...this.hand,
      ...('locks' in part && { locks: undefined }),
      hasTabs: true,
      connect,
      followPage: (life, signal) => {
        this.life = life
        this.lifeSignal = signal
        part.life?.(life)
      }
    })
  }

  get running(): HandSession[] {
    return this.sessions.filter(({ isRunning }) => isRunning)
  }

  get session(): HandSession {
    const [session] = this.running
    assert.ok(session, 'this tab reports nothing')
    return session
  }

  /** What it last told of this kind. */
  last<T extends TabMessage['type']>(type: T): Extract<TabMessage, { type: T }> | undefined {
    return this.told.findLast(
      (each): each is Extract<TabMessage, { type: T }> => each.type === type
    )
  }

  get state() {
    return this.last('state')?.state
  }

  count(type: TabMessage['type']): number {
    return this.told.filter((each) => each.type === type).length
  }
}

export const hidden = (life: LifecycleObserver): void => life.visibility('hidden')
export const offline = (life: LifecycleObserver): void => life.network(false)

export async function open(browser: HandBrowser, count: number): Promise<Page[]> {
  const pages = Array.from({ length: count }, () => new Page(browser))
  await browser.tick(0)
  return pages
}

export const reporting = (pages: readonly Page[]): number[] =>
  pages.flatMap(({ running }, at) => running.map(() => at))

export async function stop(pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map(({ tab }) => tab.stop(false)))
}

/** Nothing is left of these pages. */
export function assertQuiet(browser: HandBrowser, pages: readonly Page[]): void {
  assert.deepEqual(browser.heldLocks, [])
  assert.equal(browser.openChannels, 0)
  assert.equal(browser.waitingRequests, 0)
  for (const { hand, running, sessions } of pages) {
    assert.deepEqual(hand.clock.pending, [])
    assert.deepEqual(running, [])
    assert.ok(sessions.every(({ isClosed }) => isClosed))
  }
}
