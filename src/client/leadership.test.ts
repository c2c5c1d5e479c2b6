import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HIDDEN_TIMER_PERIOD } from '../constants.ts'
import { Leadership } from './leadership.ts'
import { HandBrowser, type HandTab, settled } from './tabs.kit.test.ts'

const PERIOD = 30_000
const PATIENCE = 1.2 * PERIOD

type Told = ['lead'] | ['follow'] | ['denied'] | ['mirror' | 'wish', string]

/** A tab that tells its name whenever it leads, and remembers what it was told. */
class Contender {
  readonly told: Told[] = []
  readonly tab: HandTab
  readonly leadership: Leadership<string>

  constructor(browser: HandBrowser, label: string, isVisible = false, name = 'wallet') {
    this.tab = browser.open()
    const leadership = new Leadership<string>(
      {
        ...this.tab,
        name,
        period: () => PERIOD,
        onLead: () => {
          this.told.push(['lead'])
          leadership.tell(label)
        },
        onFollow: () => this.told.push(['follow']),
        onDenied: () => this.told.push(['denied']),
        onMirror: (mirror) => this.told.push(['mirror', mirror]),
        onWish: (wish) => this.told.push(['wish', wish])
      },
      isVisible
    )
    this.leadership = leadership
  }

  /** Whether it leads, and was told so. */
  get leads(): boolean {
    const turns = this.told.filter(([what]) => what === 'lead' || what === 'follow')
    assert.equal(turns.at(-1)?.[0] === 'lead', this.leadership.isLeading)
    return this.leadership.isLeading
  }

  count(what: Told[0]): number {
    return this.told.filter(([each]) => each === what).length
  }
}

/** Tabs of one wallet, opened one after another; `v` are seen, `h` are hidden. */
async function open(browser: HandBrowser, tabs: string): Promise<Contender[]> {
  const contenders: Contender[] = []
  for (const [at, kind] of [...tabs].entries()) {
    contenders.push(new Contender(browser, `tab ${at}`, kind === 'v'))
    await browser.tick(0)
  }
  return contenders
}

const leaders = (tabs: readonly Contender[]): number[] =>
  tabs.flatMap((tab, at) => (tab.leads ? [at] : []))

const end = (tabs: readonly Contender[]): void => {
  for (const { leadership } of tabs) leadership.end()
}

describe('leadership', () => {
  test('gives five tabs one leader, and the next leads at once when it ends', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'hhhhh')
    for (let first = 0; first < 5; first++) {
      await browser.tick(10 * PERIOD)
      assert.deepEqual(leaders(tabs.slice(first)), [0])
      tabs[first]?.leadership.end()
      await browser.tick(0)
    }
    assert.deepEqual(
      tabs.map((tab) => tab.count('lead')),
      [1, 1, 1, 1, 1]
    )
  })

  test('has one leader when all tabs open at once', async () => {
    const browser = new HandBrowser()
    const tabs = Array.from({ length: 5 }, (_, at) => new Contender(browser, `tab ${at}`, true))
    await browser.tick(10 * PERIOD)
    assert.deepEqual(leaders(tabs), [0])
    end(tabs)
  })

  test('goes from a hidden tab to one that opens and is seen', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'hhv')
    assert.deepEqual(leaders(tabs), [2])
    end(tabs)
  })

  test('goes to a tab that is seen as soon as the leader is hidden', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vhv')
    assert.deepEqual(leaders(tabs), [0])
    tabs[0]?.leadership.setVisible(false)
    await browser.tick(0)
    assert.deepEqual(leaders(tabs), [2])
    end(tabs)
  })

  test('goes to a tab that is shown while the leader is hidden, and not otherwise', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vh')
    tabs[1]?.leadership.setVisible(true)
    await browser.tick(0)
    assert.deepEqual(leaders(tabs), [0])
    tabs[1]?.leadership.setVisible(false)
    tabs[0]?.leadership.setVisible(false)
    await browser.tick(0)
    assert.deepEqual(leaders(tabs), [0])
    tabs[1]?.leadership.setVisible(true)
    await browser.tick(0)
    assert.deepEqual(leaders(tabs), [1])
    end(tabs)
  })

  test('stays where it is while two tabs are seen', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vvh')
    await browser.tick(20 * PERIOD)
    assert.deepEqual(leaders(tabs), [0])
    assert.deepEqual(
      tabs.map((tab) => tab.count('lead')),
      [1, 0, 0]
    )
    end(tabs)
  })

  test('is taken once, however often a hidden leader is heard', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vhv')
    const [first, second, third] = tabs
    first?.leadership.setVisible(false)
    first?.leadership.tell('more')
    first?.leadership.tell('yet more')
    await browser.tick(PERIOD)
    assert.deepEqual(leaders(tabs), [2])
    assert.equal(third?.count('lead'), 1)
    assert.equal(second?.count('lead'), 0)
    end(tabs)
  })

  for (const [kind, tabs, announced] of [
    ['seen', 'vh', PERIOD],
    ['hidden', 'hh', PERIOD + HIDDEN_TIMER_PERIOD]
  ] as const) {
    test(`is taken from a silent ${kind} leader after what it announced and a fifth of a period`, async () => {
      const browser = new HandBrowser()
      const opened = await open(browser, tabs)
      await browser.tick(PERIOD)
      opened[0]?.tab.stall()
      await browser.tick(announced + 0.2 * PERIOD - 1)
      assert.equal(opened[1]?.leads, false)
      await browser.tick(1)
      assert.equal(opened[1]?.leads, true)
      end(opened)
    })
  }

  test('leaves a stalled leader a follower when it wakes', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vv')
    const [old, young] = tabs
    old?.tab.stall()
    await browser.tick(PATIENCE)
    assert.equal(young?.leads, true)
    old?.tab.wake()
    await browser.tick(0)
    assert.deepEqual(old?.told, [['lead'], ['follow'], ['mirror', 'tab 1']])
    await browser.tick(10 * PERIOD)
    assert.deepEqual(leaders(tabs), [1])
    end(tabs)
  })

  test('is not taken by a tab that slept itself, while the leader lives', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'hh')
    const clock = tabs[1]?.tab.clock
    assert.ok(clock)
    const { elapsed } = clock
    tabs[1]?.tab.stall()
    await browser.tick(5 * PERIOD)
    // Its timer runs late: by the time that it does, all of this has passed.
    clock.elapsed = () => elapsed.call(clock) + 5 * PERIOD
    tabs[1]?.tab.wake()
    clock.elapsed = elapsed
    await browser.tick(0)
    assert.deepEqual(leaders(tabs), [0])
    tabs[0]?.tab.stall()
    await browser.tick(3 * PATIENCE + HIDDEN_TIMER_PERIOD)
    assert.equal(tabs[1]?.leads, true)
    end(tabs)
  })

  test('is taken by a tab that is always late once it has waited twice', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vh')
    const clock = tabs[1]?.tab.clock
    assert.ok(clock)
    const { elapsed } = clock
    let late = 0
    clock.elapsed = () => elapsed.call(clock) + late++ * PERIOD
    tabs[0]?.tab.stall()
    await browser.tick(2 * PATIENCE + PERIOD)
    assert.equal(tabs[1]?.leads, true)
    end(tabs)
  })

  test('settles with one of several tabs that take it at the same moment', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vhhhh')
    const [stalled, ...others] = tabs
    stalled?.tab.stall()
    await browser.tick(10 * PERIOD)
    assert.equal(leaders(others).length, 1)
    assert.ok(others.every((tab) => tab.count('lead') <= 1))
    stalled?.tab.wake()
    await browser.tick(10 * PERIOD)
    assert.deepEqual(leaders(tabs), [0], 'it is seen, and takes its place again')
    end(tabs)
  })

  test('is decided for each name by itself', async () => {
    const browser = new HandBrowser()
    const one = new Contender(browser, 'one', false, 'one')
    const other = new Contender(browser, 'other', true, 'other')
    await browser.tick(2 * PERIOD)
    one.leadership.wish('stop')
    await browser.tick(0)
    assert.deepEqual(one.told, [['lead']])
    assert.deepEqual(other.told, [['lead']])
    end([one, other])
  })
})

describe('what tabs hear', () => {
  test('reaches late comers at once, and nobody twice', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vh')
    tabs[0]?.leadership.tell('news')
    await browser.tick(5 * PERIOD)
    const late = new Contender(browser, 'late')
    await browser.tick(5 * PERIOD)
    assert.deepEqual(tabs[1]?.told, [['follow'], ['mirror', 'tab 0'], ['mirror', 'news']])
    assert.deepEqual(late.told, [['follow'], ['mirror', 'news']])
    end([...tabs, late])
  })

  test('is what the leader tells alone', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vhh')
    tabs[1]?.leadership.tell('I do not lead')
    await browser.tick(0)
    assert.deepEqual(tabs[2]?.told, [['follow'], ['mirror', 'tab 0']])
    end(tabs)
  })

  test('are the wishes of the others, and not their own', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vhh')
    tabs[1]?.leadership.wish('retry')
    await browser.tick(0)
    assert.deepEqual(
      tabs.map((tab) => tab.count('wish')),
      [1, 0, 1]
    )
    end(tabs)
  })
})

describe('a tab', () => {
  test('says when the browser keeps its locks from it', async () => {
    const browser = new HandBrowser()
    browser.isDenying = true
    const tabs = await open(browser, 'v')
    await browser.tick(10 * PERIOD)
    assert.deepEqual(tabs[0]?.told, [['denied']])
    end(tabs)
  })

  test('leaves no timer, channel, lock or request behind, and is quiet afterwards', async () => {
    const browser = new HandBrowser()
    const tabs = await open(browser, 'vvh')
    const atOnce = new Contender(browser, 'ended at once', true)
    for (const tab of [...tabs, atOnce].reverse()) {
      tab.leadership.end()
      tab.leadership.end()
      const told = tab.told.length
      tab.leadership.setVisible(false)
      tab.leadership.setVisible(true)
      tab.leadership.wish('retry')
      tab.leadership.tell('nobody hears')
      await settled()
      assert.equal(tab.told.length, told)
    }
    assert.deepEqual(browser.heldLocks, [])
    assert.equal(browser.openChannels, 0)
    assert.equal(browser.waitingRequests, 0)
    for (const { tab } of [...tabs, atOnce]) assert.deepEqual(tab.clock.pending, [])
  })
})
