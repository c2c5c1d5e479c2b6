import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LEADER_SLACK } from '../constants.ts'
import { assertQuiet, OPTIONS, open, Page, PERIOD, reporting, stop } from './pages.kit.test.ts'
import { HandBrowser } from './tabs.kit.test.ts'

const PERIODS = { beatPeriod: PERIOD / 10, reconnectPeriod: 1_000 }
const QUICK = { ...OPTIONS, ...PERIODS }

describe('a tab whose options change', () => {
  test('hands other periods to its session, and keeps session and lock', async () => {
    const browser = new HandBrowser()
    const pages = (await open(browser, 2)) as [Page, Page]
    const [leader] = pages
    const { session } = leader
    const { heldLocks } = browser
    assert.equal(leader.tab.adopt(QUICK), true)
    await browser.tick(10 * PERIOD)
    assert.deepEqual(session.received.slice(2), [{ type: 'periods', periods: PERIODS }])
    assert.equal(leader.session, session)
    assert.deepEqual(reporting(pages), [0])
    assert.deepEqual(browser.heldLocks, heldLocks)
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('is expected by those that follow as often as it beats now', async () => {
    const browser = new HandBrowser()
    const pages = (await open(browser, 2)) as [Page, Page]
    const [leader, follower] = pages
    for (const { tab } of pages) tab.adopt(QUICK)
    await browser.tick(0)
    leader.hand.stall()
    await browser.tick((1 + LEADER_SLACK) * PERIODS.beatPeriod - 1)
    assert.deepEqual(reporting([follower]), [])
    await browser.tick(1)
    assert.deepEqual(reporting([follower]), [0])
    leader.hand.wake()
    await browser.tick(0)
    await stop(pages)
    assertQuiet(browser, pages)
  })

  test('begins with the periods that it was told while it followed, or while its code was loading', async () => {
    const browser = new HandBrowser()
    const { promise: gate, resolve } = Promise.withResolvers<void>()
    const pages = [new Page(browser, { gate }), new Page(browser)] as const
    await browser.tick(0)
    for (const { tab } of pages) tab.adopt(QUICK)
    resolve()
    await browser.tick(0)
    await pages[0].tab.stop(false)
    await browser.tick(0)
    assert.deepEqual(
      pages.map(({ sessions }) => sessions[0]?.received[0]),
      [
        { type: 'start', options: QUICK },
        { type: 'start', options: QUICK }
      ]
    )
    await stop(pages)
  })

  test('tells nothing where they are the same after all', async () => {
    const browser = new HandBrowser()
    const [page] = (await open(browser, 1)) as [Page]
    const told = page.session.received.length
    assert.equal(page.tab.adopt(structuredClone(OPTIONS)), true)
    assert.equal(page.session.received.length, told)
    await stop([page])
  })

  for (const [option, value] of Object.entries({
    targets: [],
    relays: ['/p2p/1'],
    routes: ['relayed'],
    nickname: 'other',
    minerAddress: 'f01',
    chain: { genesisTimestamp: 0, epochPeriod: 1 },
    rpc: 'https://rpc.example/',
    identity: new Uint8Array(32),
    iceServers: [{ urls: 'stun:stun.example' }]
  })) {
    test(`has to be opened anew for another ${option}, and does nothing about it`, async () => {
      const browser = new HandBrowser()
      const [page] = (await open(browser, 1)) as [Page]
      const told = page.session.received.length
      assert.equal(page.tab.adopt({ ...QUICK, [option]: value }), false)
      assert.equal(page.session.received.length, told)
      await stop([page])
    })
  }
})
