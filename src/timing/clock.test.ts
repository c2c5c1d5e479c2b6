import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, mock, test } from 'node:test'
import { sleep, systemClock, withTimeout } from './clock.ts'
import { FakeClock } from './fake-clock.ts'

const never = (): Promise<never> => new Promise(() => {})

describe('systemClock', () => {
  test('tells the time of the device, and a time that only grows', () => {
    const before = Date.now()
    assert.ok(systemClock.now() >= before)
    const elapsed = systemClock.elapsed()
    assert.ok(systemClock.elapsed() >= elapsed)
  })

  test('runs once after the delay, and not at all when cancelled', (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    t.after(() => mock.timers.reset())
    let runs = 0
    systemClock.after(100, () => runs++)
    const cancel = systemClock.after(100, () => runs++)
    mock.timers.tick(99)
    assert.equal(runs, 0)
    cancel()
    mock.timers.tick(1_000)
    assert.equal(runs, 1)
  })
})

describe('sleep', () => {
  test('resolves after the delay and leaves the signal alone', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const sleeping = sleep(100, controller.signal, clock)
    assert.deepEqual(clock.pending, [100])
    clock.advance(100)
    await sleeping
    assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  })

  test('rejects with the reason of the abort, and leaves no timer', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const reason = new Error('enough')
    const sleeping = sleep(100, controller.signal, clock)
    controller.abort(reason)
    assert.deepEqual(clock.pending, [])
    await assert.rejects(sleeping, reason)
  })

  test('sets no timer when the signal is aborted already', async () => {
    const clock = new FakeClock()
    const reason = new Error('enough')
    await assert.rejects(sleep(100, AbortSignal.abort(reason), clock), reason)
    assert.deepEqual(clock.pending, [])
  })

  test('sleeps by the clock of the machine unless told otherwise', async () => {
    await sleep(1, new AbortController().signal)
  })
})

describe('withTimeout', () => {
  test('gives what the work gives, and leaves neither timer nor listener', async () => {
    const clock = new FakeClock()
    const { signal } = new AbortController()
    assert.equal(await withTimeout('adding', 100, signal, async () => 2, clock), 2)
    assert.deepEqual(clock.pending, [])
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  test('passes on what the work throws, at once or later', async () => {
    const clock = new FakeClock()
    const { signal } = new AbortController()
    const broken = new Error('broken')
    const later = withTimeout('adding', 100, signal, async () => Promise.reject(broken), clock)
    await assert.rejects(later, broken)
    const throwing = (): Promise<never> => {
      throw broken
    }
    await assert.rejects(withTimeout('adding', 100, signal, throwing, clock), broken)
    assert.deepEqual(clock.pending, [])
  })

  test('names the work that took too long, and aborts it', async () => {
    const clock = new FakeClock()
    const parent = new AbortController()
    let given: AbortSignal | undefined
    const working = withTimeout(
      'adding',
      100,
      parent.signal,
      (signal) => {
        given = signal
        return never()
      },
      clock
    )
    clock.advance(100)
    await assert.rejects(working, {
      name: 'TimeoutError',
      message: 'adding took longer than 100 ms'
    })
    assert.equal(given?.aborted, true)
    assert.equal(parent.signal.aborted, false)
    assert.deepEqual(getEventListeners(parent.signal, 'abort'), [])
  })

  test('ends with the signal, although the work does not heed it', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const reason = new Error('enough')
    const working = withTimeout('adding', 100, controller.signal, never, clock)
    controller.abort(reason)
    await assert.rejects(working, reason)
    assert.deepEqual(clock.pending, [])
  })

  test('does not begin when the signal is aborted already', async () => {
    const clock = new FakeClock()
    const reason = new Error('enough')
    let begun = false
    const work = async (): Promise<void> => {
      begun = true
    }
    await assert.rejects(withTimeout('adding', 100, AbortSignal.abort(reason), work, clock), reason)
    assert.equal(begun, false)
    assert.deepEqual(clock.pending, [])
  })

  test('swallows a failure of work that nobody waits for any more', async () => {
    const clock = new FakeClock()
    const late = Promise.withResolvers<never>()
    const { signal } = new AbortController()
    const working = withTimeout('adding', 100, signal, () => late.promise, clock)
    clock.advance(100)
    await assert.rejects(working, { name: 'TimeoutError' })
    late.reject(new Error('too late'))
    await clock.tick(0)
  })
})

describe('FakeClock', () => {
  test('runs timers in their order, also those that timers set', () => {
    const clock = new FakeClock(1_000)
    const seen: string[] = []
    clock.after(20, () => seen.push(`b at ${clock.now()}`))
    clock.after(10, () => {
      seen.push(`a at ${clock.now()}`)
      clock.after(5, () => seen.push(`c at ${clock.now()}`))
    })
    clock.advance(19)
    assert.deepEqual(seen, ['a at 1010', 'c at 1015'])
    clock.advance(1)
    assert.deepEqual(seen, ['a at 1010', 'c at 1015', 'b at 1020'])
    assert.equal(clock.elapsed(), 20)
  })

  test('lets promises go on between timers when it ticks', async () => {
    const clock = new FakeClock()
    const { signal } = new AbortController()
    let laps = 0
    const running = (async () => {
      for (; laps < 3; laps++) await sleep(10, signal, clock)
    })()
    await clock.tick(30)
    assert.equal(laps, 3)
    await running
  })

  test('moves the wall clock without the measured time', () => {
    const clock = new FakeClock(1_000)
    clock.after(10, () => {})
    clock.jump(50_000)
    assert.equal(clock.now(), 50_000)
    assert.equal(clock.elapsed(), 0)
    assert.deepEqual(clock.pending, [10])
  })

  test('tells when a timer that fits is set', async () => {
    const clock = new FakeClock()
    const waiting = clock.waiting((delay) => delay > 50)
    clock.after(10, () => {})
    clock.after(60, () => {})
    await waiting
  })
})
