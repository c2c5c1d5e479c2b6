import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkNetworks, clientOf, forwardedFor, isLoopbackAddress } from './client-address.ts'

test('a client is its IPv4 address, or the /64 of its IPv6 address', () => {
  assert.equal(clientOf('192.0.2.7'), '192.0.2.7')
  assert.equal(clientOf('::ffff:192.0.2.7'), '192.0.2.7')
  assert.equal(clientOf('2001:db8:1:2:aaaa::1'), '2001:db8:1:2::/64')
  assert.equal(clientOf('2001:db8:1:2:bbbb:0:0:9'), '2001:db8:1:2::/64')
  assert.equal(clientOf('2001:DB8::5'), '2001:db8:0:0::/64')
  assert.equal(clientOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
})

test('who was forwarded is the last that is no proxy, since what is before may be made up', () => {
  const proxies = checkNetworks(['10.0.0.0/8', 'fd00::/8'], 'trustedProxies')
  assert.equal(forwardedFor('1.1.1.1, 192.0.2.7, 10.0.0.3', proxies), '192.0.2.7')
  assert.equal(forwardedFor('1.1.1.1,::ffff:192.0.2.7', proxies), '192.0.2.7')
  assert.equal(forwardedFor('2001:db8::1, fd00::2', proxies), '2001:db8::1')
  assert.equal(forwardedFor('192.0.2.7:5001, 10.0.0.3:443', proxies), '192.0.2.7')
  assert.equal(forwardedFor('[2001:db8::1]:5001, [fd00::2]', proxies), '2001:db8::1')
  assert.equal(forwardedFor('10.0.0.3', proxies), undefined)
  assert.equal(forwardedFor('nonsense', proxies), undefined)
  assert.equal(forwardedFor(undefined, proxies), undefined)
})

test('networks are addresses and CIDRs, and nothing else', () => {
  const networks = checkNetworks(
    ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32'],
    'trustedProxies'
  )
  const has = ['192.0.2.1', '192.0.2.2', '198.51.100.9', '2001:db8::9', 'x'].map((each) =>
    networks.has(each)
  )
  assert.deepEqual(has, [true, false, true, true, false])
  for (const wrong of ['x', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', 7]) {
    assert.throws(() => checkNetworks([wrong], 'trustedProxies'), {
      name: 'OptionError',
      option: 'trustedProxies'
    })
  }
})

test('this machine is known in every spelling', () => {
  const own = ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '192.0.2.1', '']
  assert.deepEqual(own.map(isLoopbackAddress), [true, true, true, true, false, false])
})
