import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HIDDEN_TIMER_PERIOD } from '../constants.ts'
import { end, leaders, open, PATIENCE, PERIOD } from './leadership.kit.test.ts'
import { HandBrowser } from './tabs.kit.test.ts'

describe('leadership of tabs that stall', () => {
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
})
