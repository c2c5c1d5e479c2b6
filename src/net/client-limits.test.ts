import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { FakeClock } from '../timing/fake-clock.ts'
import { checkNetworks } from './client-address.ts'
import { ClientGate, type ClientLimits, checkClientLimits } from './client-limits.ts'

function setUp(limits: ClientLimits = {}) {
  const clock = new FakeClock()
  const refusals: string[] = []
  const gate = new ClientGate({
    limits: checkClientLimits(limits),
    proxies: checkNetworks(['10.0.0.0/8'], 'trustedProxies'),
    onRefusal: (reason) => refusals.push(reason),
    clock
  })
  const from = (remoteAddress: string) =>
    Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket
  return { gate, clock, refusals, from }
}

test('one client holds so many connections at once, and another has its own', () => {
  const { gate, from, refusals } = setUp({ connections: 2 })
  const first = from('192.0.2.7')
  const let3 = [first, from('::ffff:192.0.2.7'), from('192.0.2.7')].map((each) => gate.letsIn(each))
  assert.deepEqual(let3, [true, true, false])
  assert.equal(gate.letsIn(from('192.0.2.8')), true)
  first.emit('close')
  assert.equal(gate.letsIn(from('192.0.2.7')), true)
  assert.deepEqual(refusals, ['too-many-connections'])
})

test('2,000 wallets behind one address come at once with two connections each, and all get in', () => {
  const { gate, from } = setUp()
  const come = (): boolean => gate.letsIn(from('192.0.2.7'))
  assert.ok(Array.from({ length: 4_000 }, come).every(Boolean))
  assert.equal(come(), false)
})

test('all addresses of one IPv6 /64 are one client', () => {
  const { gate, from } = setUp({ connections: 1 })
  const all = ['2001:db8::1', '2001:db8::ffff:1', '2001:db8:0:1::1'].map((each) =>
    gate.letsIn(from(each))
  )
  assert.deepEqual(all, [true, false, true])
})

test('new connections of one client come no faster than allowed', () => {
  const { gate, from, clock, refusals } = setUp({ burst: 2, perSecond: 1 })
  const come = (): boolean => gate.letsIn(from('192.0.2.7'))
  assert.deepEqual([come(), come(), come()], [true, true, false])
  clock.advance(1_000)
  assert.deepEqual([come(), come()], [true, false])
  assert.deepEqual(refusals, ['too-many-new-connections', 'too-many-new-connections'])
})

test('this machine and proxies are let in; whom a proxy stands for is counted', () => {
  const { gate, from } = setUp({ connections: 1 })
  for (const address of ['127.0.0.1', '::1', '10.0.0.3']) {
    assert.deepEqual([gate.letsIn(from(address)), gate.letsIn(from(address))], [true, true])
  }
  const forward = (by: string, client?: string): boolean =>
    gate.letsForward({ socket: from(by), headers: client ? { 'x-forwarded-for': client } : {} })
  assert.deepEqual(
    [forward('10.0.0.3', '192.0.2.7'), forward('10.0.0.4', '192.0.2.7')],
    [true, false]
  )
  assert.equal(forward('10.0.0.3', '192.0.2.8'), true)
  assert.deepEqual([forward('10.0.0.3'), forward('10.0.0.3')], [true, true])
})

test('whoever is no trusted proxy is not believed whom it stands for', () => {
  const { gate, from } = setUp({ connections: 1 })
  const socket = from('198.51.100.1')
  assert.equal(gate.letsIn(socket), true)
  const headers = { 'x-forwarded-for': '192.0.2.7' }
  assert.equal(gate.letsForward({ socket, headers }), true)
  assert.equal(gate.letsIn(from('192.0.2.7')), true)
  assert.equal(gate.letsIn(from('198.51.100.1')), false)
})

test('limits are whole numbers under names that there are', () => {
  assert.deepEqual(checkClientLimits({ burst: 5 }).burst, 5)
  for (const wrong of [{ burst: 0 }, { perSecond: 1.5 }, { brust: 1 }, null]) {
    assert.throws(() => checkClientLimits(wrong as ClientLimits), { name: 'OptionError' })
  }
})
