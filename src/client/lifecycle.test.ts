import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { followPage } from './lifecycle.ts'

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

  test('is nothing outside a page', () => {
    for (const name of NAMES) Reflect.deleteProperty(globalThis, name)
    assert.deepEqual(
      lived(() => {}),
      []
    )
  })
})
