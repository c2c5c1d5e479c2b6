import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Contender, end, leaders, open, PERIOD } from './leadership.kit.test.ts'
import { HandBrowser, settled } from './tabs.kit.test.ts'

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
