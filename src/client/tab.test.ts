import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertQuiet, BEATING, open, Page, PERIOD, reporting, stop } from './pages.kit.test.ts'
import type { SentBeat } from './port.ts'
import { HandBrowser } from './tabs.kit.test.ts'

const BEAT: SentBeat = {
  at: 1,
  nextAt: 2,
  height: 7n,
  head: [],
  stale: false,
  text: '',
  bytes: Uint8Array.of(1)
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
    leader.session.tell({ type: 'opinion', opinion: { height: 7n, head: [], lifetime: 9 } })
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

  test('report each when they ask other nodes, or have other keys, and name no key', async () => {
    const browser = new HandBrowser()
    const rpc = 'http://127.0.0.1:1234/rpc/v1'
    const key = (byte: number) => ({ options: { identity: new Uint8Array(32).fill(byte) } })
    const pages = [
      new Page(browser),
      new Page(browser, { options: { rpc } }),
      new Page(browser, key(201)),
      new Page(browser, key(202)),
      new Page(browser, key(202))
    ]
    await browser.tick(0)
    assert.deepEqual(reporting(pages), [0, 1, 2, 3])
    assert.ok(browser.heldLocks.every((name) => !/20[12]/.test(name)))
    await stop(pages)
  })

  test('show what was compared only of a head that they have as well', async () => {
    const browser = new HandBrowser()
    const [leader, follower] = (await open(browser, 2)) as [Page, Page]
    const heights = { height: 7n, head: ['a', 'b'], networkHeight: 9n }
    const compared = { agreement: 'differs', comparedAt: 2n, witnesses: 2 } as const
    follower.tab.head({ cids: ['c'], height: 7n }, 0)
    leader.session.tell({ type: 'opinion', opinion: { ...heights, ...compared, lifetime: 90_000 } })
    await browser.tick(0)
    assert.deepEqual(follower.last('opinion')?.opinion, { ...heights, lifetime: 90_000 })
    follower.hand.clock.advance(1_000)
    follower.tab.head({ cids: ['a', 'b'], height: 7n }, 0)
    const same = { ...heights, ...compared, lifetime: 89_000 }
    assert.deepEqual(follower.last('opinion')?.opinion, same)
    assert.equal(leader.count('opinion'), 1)
    await stop([leader, follower])
  })

  test('tell late comers for how long an opinion is worth anything yet', async () => {
    const browser = new HandBrowser()
    const leader = new Page(browser)
    await browser.tick(0)
    const opinion = { height: 7n, head: [], networkHeight: 9n, lifetime: 90_000 }
    leader.session.tell({ type: 'opinion', opinion })
    await browser.tick(60_000)
    const late = new Page(browser)
    await browser.tick(0)
    assert.equal(late.last('opinion')?.opinion.lifetime, 30_000)
    assert.equal(late.count('opinion'), 1)
    await stop([leader, late])
  })

  test('are not misled by what else is posted in their origin', async () => {
    const browser = new HandBrowser()
    const [leader, follower] = (await open(browser, 2)) as [Page, Page]
    const [name = ''] = browser.heldLocks
    const stranger = browser.open().openChannel(name)
    const told = follower.told.length
    const mirror = { type: 'mirror', version: 'x', isVisible: true, within: 9, at: 1 }
    for (const posted of [
      null,
      'stop',
      { type: 'wish', wish: 'x' },
      { ...mirror, within: undefined, mirror: {} },
      { ...mirror, mirror: null },
      { ...mirror, version: 'y', mirror: { state: null, beat: {}, opinion: 1 } }
    ]) {
      stranger.postMessage(posted)
      await browser.tick(0)
    }
    assert.equal(follower.told.length, told)
    stranger.close()
    await stop([leader, follower])
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

  test('hand over when the network side of the one that reports is lost', async () => {
    const browser = new HandBrowser()
    const pages = await open(browser, 2)
    const [first, second] = pages as [Page, Page]
    first.session.tell({ type: 'state', state: { phase: 'unsupported', problem: 'it is gone' } })
    await browser.tick(0)
    assert.deepEqual(first.state, { phase: 'unsupported', problem: 'it is gone' })
    assert.deepEqual(reporting(pages), [1])
    assert.equal(second.state?.phase, 'connecting')
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
