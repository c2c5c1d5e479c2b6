import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FRAME_VERSION } from '../../constants.ts'
import { acceptPort, type FrameEnd, type FrameWindow, type Offer } from './accept-port.ts'

const PAGE = { name: 'the page' }

/** A frame's window, to which a test posts by hand. */
class HandWindow implements FrameWindow {
  readonly origin: string
  readonly parent = PAGE
  readonly served: FrameEnd[] = []
  #listeners: ((offer: Offer) => void)[] = []

  constructor(origin = 'null') {
    this.origin = origin
    acceptPort(this, (port) => this.served.push(port))
  }

  addEventListener(_type: 'message', listener: (offer: Offer) => void): void {
    this.#listeners.push(listener)
  }

  removeEventListener(_type: 'message', listener: (offer: Offer) => void): void {
    this.#listeners = this.#listeners.filter((each) => each !== listener)
  }

  /** Offers ports; what comes back is what was said on the first of them. */
  offer(source: unknown, count = 1): unknown[] {
    const said: unknown[] = []
    const port = {
      postMessage: (message: unknown) => void said.push(message),
      addEventListener: () => {},
      start: () => {},
      close: () => {}
    }
    const ports = Array.from({ length: count }, () => port)
    for (const listener of this.#listeners) listener({ source, ports })
    return said
  }
}

const HELLO = { type: 'hello', version: FRAME_VERSION }

describe('a frame', () => {
  test('serves on the port of its page, and says so there', () => {
    const window = new HandWindow()
    assert.deepEqual(window.offer(PAGE), [HELLO])
    assert.equal(window.served.length, 1)
  })

  test('takes no second port', () => {
    const window = new HandWindow()
    window.offer(PAGE)
    assert.deepEqual(window.offer(PAGE), [])
    assert.equal(window.served.length, 1)
  })

  test('hears nobody but its page, and messages that bring no port change nothing', () => {
    const window = new HandWindow()
    assert.deepEqual(window.offer({ name: 'a stranger' }), [])
    assert.deepEqual(window.offer(null), [])
    assert.deepEqual(window.offer(PAGE, 0), [])
    assert.deepEqual(window.served, [])
    assert.deepEqual(window.offer(PAGE), [HELLO])
  })

  test('that was not sandboxed serves nobody', () => {
    const window = new HandWindow('https://wallet.example')
    assert.deepEqual(window.offer(PAGE), [])
    assert.deepEqual(window.served, [])
  })
})
