import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../timing/index.ts'
import { type Channel, Leadership, type Locks } from './leadership.ts'

test('a tab leads, follows and is followed by real locks and channels', async () => {
  const name = `fil-heartbeat test ${process.pid}`
  const open = (label: string, isVisible: boolean) => {
    const led = Promise.withResolvers<void>()
    const followed = Promise.withResolvers<void>()
    const heard = Promise.withResolvers<string>()
    const leadership: Leadership<string> = new Leadership<string>(
      {
        name,
        locks: navigator.locks as Locks,
        openChannel: (name) => new BroadcastChannel(name) as unknown as Channel,
        clock: systemClock,
        period: () => 30_000,
        onLead: () => {
          led.resolve()
          leadership.tell(label)
        },
        onFollow: followed.resolve,
        onDenied: () => assert.fail('denied'),
        onMirror: heard.resolve,
        onWish: () => {}
      },
      isVisible
    )
    return { leadership, led: led.promise, followed: followed.promise, heard: heard.promise }
  }
  const first = open('first', false)
  await first.led
  const second = open('second', false)
  assert.equal(await second.heard, 'first')
  const third = open('third', true)
  await third.led
  await first.followed
  assert.equal(await first.heard, 'third')
  third.leadership.end()
  await second.led
  second.leadership.end()
  first.leadership.end()
  await navigator.locks.request(name, (lock: unknown) => assert.ok(lock))
})
