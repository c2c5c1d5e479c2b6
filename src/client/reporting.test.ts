import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertQuiet, hidden, offline, open, Page, reporting, stop } from './pages.kit.test.ts'
import type { ConnectionState } from './state.ts'
import { HandBrowser } from './tabs.kit.test.ts'

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
    page.hand.clock.advance(5)
    page.tab.head(head, 1)
    await browser.tick(0)
    assert.deepEqual(page.session.received.slice(1), [
      { type: 'page', visibility: 'hidden' },
      { type: 'network', online: false },
      { type: 'head', head, age: 4 }
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

  test('tells the network side first that its page goes away, and then to stop', async () => {
    const browser = new HandBrowser()
    const [page] = (await open(browser, 1)) as [Page]
    const { session } = page
    page.life?.leave()
    assert.deepEqual(session.received.slice(-2), [{ type: 'leave' }, { type: 'stop' }])
    assert.equal(page.loading?.aborted, false)
    await stop([page])
    assertQuiet(browser, [page])
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
    assert.equal(page.loading?.aborted, true)
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
