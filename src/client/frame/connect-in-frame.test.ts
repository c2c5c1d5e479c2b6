import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { FRAME_ANSWER_TIMEOUT, FRAME_VERSION } from '../../constants.ts'
import { BEATING, OPTIONS } from '../pages.kit.test.ts'
import type { Outbound } from '../port.ts'
import { type News, Session } from '../session.ts'
import { settled } from '../tabs.kit.test.ts'
import type { Hello } from './accept-port.ts'
import { connectInFrame } from './connect-in-frame.ts'
import type { OpenFrame } from './open-frame.ts'

const URL = 'https://wallet.example/frame.html'

/** A frame that a test plays, behind a real MessageChannel. */
class HandFrame implements OpenFrame {
  readonly #loaded = Promise.withResolvers<void>()
  readonly #lost = new AbortController()
  readonly loaded = this.#loaded.promise
  readonly lost = this.#lost.signal
  readonly received: unknown[] = []
  port: MessagePort | undefined
  isStanding = false

  readonly open = (url: string): OpenFrame => {
    assert.equal(url, URL)
    this.isStanding = true
    return this
  }

  give(port: MessagePort): void {
    this.port = port
    port.addEventListener('message', ({ data }) => {
      this.received.push(data)
      if (data.type === 'stop') this.say({ type: 'stopped' })
    })
    port.start()
  }

  close(): void {
    this.isStanding = false
  }

  load(): void {
    this.#loaded.resolve()
  }

  lose(reason: string): void {
    this.#lost.abort(new Error(reason))
  }

  say(message: Outbound | Hello): void {
    this.port?.postMessage(message)
  }
}

async function connected() {
  const frame = new HandFrame()
  const connecting = connectInFrame(URL, new AbortController().signal, frame.open)
  frame.load()
  await settled()
  frame.say({ type: 'hello', version: FRAME_VERSION })
  const port = await connecting
  const news: News[] = []
  const session = new Session(port, OPTIONS, (each) => news.push(each))
  return { frame, port, news, session }
}

describe('a page', () => {
  test('gives its frame a port when that has loaded, and starts when it answers', async () => {
    const frame = new HandFrame()
    const connecting = connectInFrame(URL, new AbortController().signal, frame.open)
    await settled()
    assert.equal(frame.port, undefined)
    frame.load()
    await settled()
    frame.say({ type: 'hello', version: FRAME_VERSION })
    const port = await connecting
    assert.deepEqual(frame.received, [])
    const identity = Uint8Array.of(1, 2, 3)
    const heard = new Promise((resolve) => port.addEventListener('message', resolve))
    port.postMessage({ type: 'start', options: { ...OPTIONS, identity } })
    port.postMessage({ type: 'head', head: { cids: [], height: 2n ** 60n }, age: 1 })
    while (frame.received.length < 2) await settled()
    frame.say({ type: 'state', state: BEATING })
    await heard
    assert.deepEqual(frame.received, [
      { type: 'start', options: { ...OPTIONS, identity } },
      { type: 'head', head: { cids: [], height: 2n ** 60n }, age: 1 }
    ])
    port.close()
    assert.equal(frame.isStanding, false)
  })

  test('takes the frame away when its session has stopped, and no word of that is news', async () => {
    const { frame, news, session } = await connected()
    await session.stop()
    assert.equal(frame.isStanding, false)
    frame.lose('late')
    assert.deepEqual(news, [])
  })

  test('gives up on a frame that does not answer, names it, and says what to look at', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const frame = new HandFrame()
      const connecting = connectInFrame(URL, new AbortController().signal, frame.open)
      const refused = assert.rejects(connecting, {
        name: 'UnsupportedError',
        message:
          /the frame https:\/\/wallet\.example\/frame\.html does not answer.*byte for byte.*frame-src.*frame-ancestors.*script-src/
      })
      // However slow the network is, it is waited for.
      mock.timers.tick(10 * FRAME_ANSWER_TIMEOUT)
      frame.load()
      await settled()
      mock.timers.tick(FRAME_ANSWER_TIMEOUT - 1)
      await settled()
      assert.equal(frame.isStanding, true)
      mock.timers.tick(1)
      await refused
      assert.equal(frame.isStanding, false)
    } finally {
      mock.timers.reset()
    }
  })

  test('refuses a frame of another release', async () => {
    const frame = new HandFrame()
    const connecting = connectInFrame(URL, new AbortController().signal, frame.open)
    frame.load()
    await settled()
    frame.say({ type: 'hello', version: FRAME_VERSION + 1 })
    await assert.rejects(connecting, { name: 'UnsupportedError', message: /of another release/ })
    assert.equal(frame.isStanding, false)
  })

  for (const [when, until] of [
    ['loads', () => {}],
    ['is asked', (frame: HandFrame) => frame.load()]
  ] as const) {
    test(`takes the frame away when it is told to stop while that ${when}`, async () => {
      const frame = new HandFrame()
      const stopping = new AbortController()
      const connecting = connectInFrame(URL, stopping.signal, frame.open)
      until(frame)
      await settled()
      assert.equal(frame.isStanding, true)
      stopping.abort(new Error('stopped'))
      await assert.rejects(connecting, /stopped/)
      assert.equal(frame.isStanding, false)
    })

    test(`fails when the frame is lost while that ${when}`, async () => {
      const frame = new HandFrame()
      const connecting = connectInFrame(URL, new AbortController().signal, frame.open)
      until(frame)
      await settled()
      frame.lose('its frame was taken out of the page')
      await assert.rejects(connecting, /taken out of the page/)
      assert.equal(frame.isStanding, false)
    })
  }

  test('opens no frame when it was told to stop before', async () => {
    const frame = new HandFrame()
    const signal = AbortSignal.abort(new Error('stopped'))
    await assert.rejects(connectInFrame(URL, signal, frame.open), /stopped/)
    assert.equal(frame.isStanding, false)
  })

  test('says so when its frame is lost, and a stop waits for nothing then', async () => {
    const { frame, news, session } = await connected()
    frame.lose('its frame was loaded anew')
    const problem = 'the network code is not there any more: its frame was loaded anew'
    assert.deepEqual(news, [{ type: 'state', state: { phase: 'unsupported', problem } }])
    assert.equal(frame.isStanding, false)
    await session.stop()
  })

  test('says so when the other end of its port closes by itself', async () => {
    const { frame, news, session } = await connected()
    frame.port?.close()
    while (news.length === 0) await settled()
    assert.equal(news[0]?.type === 'state' && news[0].state.phase, 'unsupported')
    assert.equal(frame.isStanding, false)
    await session.stop()
  })
})
