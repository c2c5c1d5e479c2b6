import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { STOP_TIMEOUT } from '../constants.ts'
import { MAINNET } from '../timing/index.ts'
import { followPage, type LifecycleObserver } from './lifecycle.ts'
import type { Inbound, Outbound, Port, RuntimeOptions, SentBeat } from './port.ts'
import { Session } from './session.ts'
import type { BeatingState, ConnectionState } from './state.ts'
import { PageTab, type TabMessage } from './tab.ts'
import { HandBrowser, type HandTab, settled } from './tabs.kit.test.ts'

const PERIOD = 30_000
const TARGET =
  '/dns4/agg.example/tcp/443/wss/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const OPTIONS: RuntimeOptions = {
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
const BEATING: BeatingState = {
  phase: 'beating',
  route: 'websocket',
  delivery: { kind: 'unconfirmed' },
  lastBeat: { at: 1, height: 7n },
  nextBeatAt: 2,
  suspect: false
}
const BEAT: SentBeat = {
  at: 1,
  nextAt: 2,
  height: 7n,
  head: [],
  stale: false,
  text: '',
  bytes: Uint8Array.of(1)
}

type HandPort = Port<Outbound, Inbound>

/** One run of the network side, played by a test. */
class HandSession {
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
class Page {
  readonly told: TabMessage[] = []
  readonly sessions: HandSession[] = []
  readonly hand: HandTab
  readonly tab: PageTab
  life: LifecycleObserver | undefined
  lifeSignal: AbortSignal | undefined
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
    const connect = async (): Promise<HandPort> => {
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

const hidden = (life: LifecycleObserver): void => life.visibility('hidden')
const offline = (life: LifecycleObserver): void => life.network(false)

async function open(browser: HandBrowser, count: number): Promise<Page[]> {
  const pages = Array.from({ length: count }, () => new Page(browser))
  await browser.tick(0)
  return pages
}

const reporting = (pages: readonly Page[]): number[] =>
  pages.flatMap(({ running }, at) => running.map(() => at))

async function stop(pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map(({ tab }) => tab.stop(false)))
}

/** Nothing is left of these pages. */
function assertQuiet(browser: HandBrowser, pages: readonly Page[]): void {
  assert.deepEqual(browser.heldLocks, [])
  assert.equal(browser.openChannels, 0)
  assert.equal(browser.waitingRequests, 0)
  for (const { hand, running, sessions } of pages) {
    assert.deepEqual(hand.clock.pending, [])
    assert.deepEqual(running, [])
    assert.ok(sessions.every(({ isClosed }) => isClosed))
  }
}

describe('the tabs of one wallet', () => {
  test('report by one of five, and leave nothing behind', async () => {
    const browser = new HandBrowser()
    const pages = await open(browser, 5)
    await browser.tick(5 * PERIOD)
    assert.deepEqual(reporting(pages), [0])
    assert.deepEqual(
      pages.map(({ state }) => state?.phase),
      ['connecting', 'following', 'following', 'following', 'following']
    )
    assert.deepEqual(pages[4]?.last('sharing'), { type: 'sharing', isPossible: true })
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('hand over when the one that reports is stopped, and closed', async () => {
    const browser = new HandBrowser()
    const pages = await open(browser, 2)
    const [first, second] = pages as [Page, Page]
    const { session } = first
    session.answersStop = false
    const stopped = first.tab.stop(false)
    await browser.tick(PERIOD)
    assert.deepEqual(reporting(pages), [], 'there are never two')
    session.tell({ type: 'stopped' })
    await stopped
    await browser.tick(0)
    assert.deepEqual(reporting(pages), [1])
    assert.equal(second.state?.phase, 'connecting')
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('show what the one that reports says, late comers too, and each beat once', async () => {
    const browser = new HandBrowser()
    const [leader, follower] = (await open(browser, 2)) as [Page, Page]
    leader.session.tell({ type: 'beat', beat: BEAT })
    leader.session.tell({ type: 'opinion', opinion: { height: 7n, until: 9 } })
    leader.session.tell({ type: 'state', state: BEATING })
    await browser.tick(3 * PERIOD)
    const late = new Page(browser)
    await browser.tick(3 * PERIOD)
    for (const page of [follower, late]) {
      const { state } = page
      assert.equal(state?.phase, 'following')
      assert.deepEqual(state.leader, BEATING)
      assert.deepEqual(page.last('beat')?.beat, BEAT)
      assert.equal(page.count('beat'), 1)
      assert.equal(page.last('opinion')?.opinion.height, 7n)
    }
    await stop([leader, follower, late])
  })

  test('share the head that the network side learns, where they have none of their own', async () => {
    const browser = new HandBrowser()
    const rpc = 'http://127.0.0.1:1234/rpc/v1'
    const leader = new Page(browser, { options: { rpc } })
    const follower = new Page(browser, { options: { rpc } })
    const fed = new Page(browser)
    await browser.tick(0)
    const head = { cids: [], height: 7n }
    leader.session.tell({ type: 'head', head })
    await browser.tick(0)
    assert.deepEqual(follower.last('head')?.head, head)
    assert.equal(follower.last('head-failed'), undefined)
    leader.session.tell({ type: 'head-failed', problem: 'p' })
    await browser.tick(0)
    assert.equal(follower.told.at(-2)?.type, 'head-failed')
    assert.equal(fed.last('head'), undefined)
    await stop([leader, follower, fed])
  })

  test('report each when their wallets differ', async () => {
    const browser = new HandBrowser()
    const pages = [new Page(browser), new Page(browser, { options: { nickname: 'other' } })]
    await browser.tick(0)
    assert.deepEqual(reporting(pages), [0, 1])
    await stop(pages)
  })

  test('hand over to one that is seen', async () => {
    const browser = new HandBrowser()
    const [first, second] = (await open(browser, 2)) as [Page, Page]
    first.life?.visibility('hidden')
    await browser.tick(0)
    assert.deepEqual(reporting([first, second]), [1])
    assert.equal(first.state?.phase, 'following')
    assert.deepEqual(first.sessions[0]?.received.slice(-2), [
      { type: 'page', visibility: 'hidden' },
      { type: 'stop' }
    ])
    await stop([first, second])
    assertQuiet(browser, [first, second])
  })

  test('take the place of one that was stalled, which stops its session when it wakes', async () => {
    const browser = new HandBrowser()
    const pages = (await open(browser, 2)) as [Page, Page]
    const [old, young] = pages
    const { session } = old
    old.hand.stall()
    await browser.tick(1.2 * PERIOD)
    assert.deepEqual(reporting([young]), [0])
    old.hand.wake()
    await browser.tick(0)
    assert.equal(session.isRunning, false)
    assert.equal(old.state?.phase, 'following')
    await browser.tick(10 * PERIOD)
    assert.deepEqual(reporting(pages), [1])
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('are all told when one stops everywhere', async () => {
    const browser = new HandBrowser()
    const pages = await open(browser, 3)
    await pages[1]?.tab.stop(true)
    await browser.tick(0)
    assert.deepEqual(
      pages.map((page) => page.count('stopped-everywhere')),
      [1, 0, 1]
    )
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('try again when one of them is told to', async () => {
    const browser = new HandBrowser()
    const [leader, follower] = (await open(browser, 2)) as [Page, Page]
    follower.tab.retry()
    await browser.tick(0)
    assert.equal(leader.session.received.at(-1)?.type, 'wake')
    leader.tab.retry()
    assert.equal(leader.session.received.filter(({ type }) => type === 'wake').length, 2)
    await stop([leader, follower])
  })
})

describe('a tab', () => {
  test('reports by itself, and says so, where there are no locks', async () => {
    const browser = new HandBrowser()
    const pages = [new Page(browser, { locks: undefined }), new Page(browser, { locks: undefined })]
    await browser.tick(0)
    assert.deepEqual(reporting(pages), [0, 1])
    assert.deepEqual(pages[0]?.last('sharing'), { type: 'sharing', isPossible: false })
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('reports by itself, and says so, where the browser keeps its locks from it', async () => {
    const browser = new HandBrowser()
    browser.isDenying = true
    const pages = await open(browser, 2)
    assert.deepEqual(reporting(pages), [0, 1])
    assert.deepEqual(pages[0]?.last('sharing'), { type: 'sharing', isPossible: false })
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('begins with what its page is and has', async () => {
    const browser = new HandBrowser()
    const page = new Page(browser, {
      life: (life) => {
        hidden(life)
        offline(life)
      }
    })
    const head = { cids: [], height: 7n }
    page.tab.head(head, 1)
    await browser.tick(0)
    assert.deepEqual(page.session.received.slice(1), [
      { type: 'page', visibility: 'hidden' },
      { type: 'network', online: false },
      { type: 'head', head, at: 1 }
    ])
    page.tab.headFailed('p')
    page.life?.network(true)
    assert.deepEqual(page.session.received.slice(-2), [
      { type: 'head-failed', problem: 'p' },
      { type: 'network', online: true }
    ])
    await stop([page])
  })

  test('leaves to the next at pagehide, and contends again when it is back', async () => {
    const browser = new HandBrowser()
    const [first, second] = (await open(browser, 2)) as [Page, Page]
    first.life?.visibility('hidden')
    second.life?.visibility('hidden')
    await browser.tick(0)
    const left = [first, second].find(({ running }) => running.length > 0)
    const other = left === first ? second : first
    assert.ok(left)
    left.life?.leave()
    await Promise.resolve()
    assert.equal(left.running.length, 0)
    await browser.tick(0)
    assert.equal(other.running.length, 1)
    assert.deepEqual(left.hand.clock.pending, [])
    left.life?.visibility('visible')
    left.life?.back()
    await browser.tick(0)
    assert.equal(left.running.length, 1, 'it is seen, and the other is not')
    assert.equal(other.running.length, 0)
    await stop([first, second])
    assertQuiet(browser, [first, second])
  })

  test('gives its lock and channel back within pagehide', async () => {
    const browser = new HandBrowser()
    const [page] = (await open(browser, 1)) as [Page]
    assert.equal(browser.heldLocks.length, 1)
    page.life?.leave()
    // Microtasks run before the browser goes on; timers and messages do not.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    assert.deepEqual(browser.heldLocks, [])
    assert.equal(browser.openChannels, 0)
    await stop([page])
  })

  test('opens no session when it was left while its code was loading', async () => {
    const browser = new HandBrowser()
    const { promise: gate, resolve } = Promise.withResolvers<void>()
    const page = new Page(browser, { gate })
    await browser.tick(0)
    page.life?.leave()
    resolve()
    await browser.tick(0)
    assert.deepEqual(page.running, [])
    assert.deepEqual(page.sessions[0]?.received, [{ type: 'stop' }])
    await stop([page])
    assertQuiet(browser, [page])
  })

  test('opens no session when its lock was stolen while its code was loading', async () => {
    const browser = new HandBrowser()
    const { promise: gate, resolve } = Promise.withResolvers<void>()
    const slow = new Page(browser, { gate, life: hidden })
    await browser.tick(0)
    const other = new Page(browser)
    await browser.tick(0)
    resolve()
    await browser.tick(0)
    assert.deepEqual(reporting([slow, other]), [1])
    await stop([slow, other])
    assertQuiet(browser, [slow, other])
  })

  test('opens one session when it leads for the second time while its code is loading', async () => {
    const browser = new HandBrowser()
    const { promise: gate, resolve } = Promise.withResolvers<void>()
    const slow = new Page(browser, { gate, life: hidden })
    await browser.tick(0)
    const other = new Page(browser)
    await browser.tick(0)
    await stop([other])
    await browser.tick(0)
    resolve()
    await browser.tick(0)
    assert.equal(slow.running.length, 1)
    await stop([slow])
    assertQuiet(browser, [slow, other])
  })

  test('is stopped at once while its code is loading, and tells nothing any more', async () => {
    const browser = new HandBrowser()
    const page = new Page(browser, { gate: new Promise(() => {}) })
    await browser.tick(0)
    const told = page.told.length
    await page.tab.stop(false)
    await page.tab.stop(true)
    assert.equal(page.told.length, told)
    assert.equal(page.lifeSignal?.aborted, true)
    assertQuiet(browser, [page])
  })

  test('is unsupported without its code, and lets another one try', async () => {
    const browser = new HandBrowser()
    const gate = Promise.reject(new Error('blocked'))
    const broken = new Page(browser, { gate })
    const other = new Page(browser)
    await browser.tick(0)
    const problem = 'the network code did not load: blocked'
    assert.deepEqual(broken.state, { phase: 'unsupported', problem })
    assert.deepEqual(reporting([broken, other]), [1])
    broken.life?.visibility('hidden')
    broken.life?.visibility('visible')
    broken.tab.retry()
    await broken.tab.stop(true)
    await stop([other])
    assertQuiet(browser, [broken, other])
  })

  test('is offline without its code while the device is, and tries again when that is back', async () => {
    const browser = new HandBrowser()
    const page = new Page(browser, { gate: Promise.reject(new Error('fetch')), life: offline })
    const follower = new Page(browser)
    await browser.tick(0)
    const expected: ConnectionState = { phase: 'offline', since: 1_000_000 }
    assert.deepEqual(page.state, expected)
    assert.deepEqual(follower.state?.phase === 'following' && follower.state.leader, expected)
    follower.tab.retry()
    await browser.tick(0)
    assert.deepEqual(page.state, expected, 'tried again, in vain')
    page.gate = Promise.resolve()
    page.life?.network(true)
    await browser.tick(0)
    assert.deepEqual(reporting([page, follower]), [0])
    await stop([page, follower])
    assertQuiet(browser, [page, follower])
  })

  test('does not report when the device is back, if another one took its place meanwhile', async () => {
    const browser = new HandBrowser()
    const page = new Page(browser, { gate: Promise.reject(new Error('fetch')), life: offline })
    const other = new Page(browser)
    await browser.tick(0)
    page.life?.visibility('hidden')
    await browser.tick(0)
    page.gate = Promise.resolve()
    page.life?.network(true)
    await browser.tick(0)
    assert.deepEqual(reporting([page, other]), [1])
    await stop([page, other])
  })
})

describe('a session', () => {
  test('is given up on when the network side does not answer its stop', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const hand = new HandSession()
      hand.answersStop = false
      const session = new Session(hand.port, OPTIONS, () => assert.fail('it was told to stop'))
      const stopped = session.stop()
      hand.tell({ type: 'state', state: BEATING })
      mock.timers.tick(STOP_TIMEOUT - 1)
      await settled()
      assert.equal(hand.isClosed, false)
      mock.timers.tick(1)
      await stopped
      assert.equal(hand.isClosed, true)
    } finally {
      mock.timers.reset()
    }
  })
})

describe('the life of a page', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const view = new EventTarget()
  const NAMES = ['document', 'window'] as const

  beforeEach(() => {
    page.visibilityState = 'visible'
    Object.assign(globalThis, { document: page, window: view })
    Object.defineProperty(navigator, 'onLine', { value: true, configurable: true })
  })

  afterEach(() => {
    for (const name of NAMES) Reflect.deleteProperty(globalThis, name)
    Reflect.deleteProperty(navigator, 'onLine')
  })

  /** What is told of the page's life while `live` runs, and after it ended. */
  function lived(live: () => void): unknown[] {
    const told: unknown[] = []
    const ending = new AbortController()
    followPage(
      {
        visibility: (visibility) => told.push(visibility),
        network: (isOnline) => told.push(isOnline),
        leave: () => told.push('leave'),
        back: () => told.push('back')
      },
      ending.signal
    )
    live()
    ending.abort()
    for (const type of ['visibilitychange', 'freeze', 'resume']) page.dispatchEvent(new Event(type))
    for (const type of ['online', 'offline', 'pagehide']) view.dispatchEvent(new Event(type))
    show(true)
    return told
  }

  const show = (persisted: boolean): void =>
    void view.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))

  test('begins as it is', () => {
    assert.deepEqual(
      lived(() => {}),
      ['visible']
    )
    page.visibilityState = 'hidden'
    Object.defineProperty(navigator, 'onLine', { value: false, configurable: true })
    assert.deepEqual(
      lived(() => {}),
      ['hidden', false]
    )
  })

  test('is followed to its end, and into the cache and back', () => {
    const told = lived(() => {
      show(false)
      page.visibilityState = 'hidden'
      page.dispatchEvent(new Event('visibilitychange'))
      page.dispatchEvent(new Event('freeze'))
      page.dispatchEvent(new Event('resume'))
      view.dispatchEvent(new Event('offline'))
      view.dispatchEvent(new Event('online'))
      view.dispatchEvent(new Event('pagehide'))
      show(true)
    })
    const seen = ['visible', 'hidden', 'frozen', 'hidden', false, true, 'leave', 'back']
    assert.deepEqual(told, seen)
  })

  test('is nobody’s outside a page', () => {
    for (const name of NAMES) Reflect.deleteProperty(globalThis, name)
    assert.deepEqual(
      lived(() => {}),
      []
    )
  })
})
