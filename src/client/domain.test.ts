import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sortByDomain } from './domain.ts'

const wss = (host: string, rest = 'wss'): string => `/dns4/${host}/tcp/443/${rest}`
const sorted = (address: string, domain = 'good.example') => {
  const { own, refused } = sortByDomain([address], domain)
  return own.length > 0 ? 'own' : refused.length > 0 ? 'refused' : 'not for pages'
}

test('takes the domain itself and what is below it, however it is written', () => {
  for (const host of ['good.example', 'relay.good.example', 'GOOD.example', 'good.example.']) {
    assert.equal(sorted(wss(host)), 'own')
    assert.equal(sorted(wss(host, 'tls/ws')), 'own')
  }
  assert.equal(sorted(wss('good.example'), 'good.example.'), 'own')
})

test('refuses every other host, however alike', () => {
  for (const host of ['evil.com', 'notgood.example', 'good.example.evil.com', 'example']) {
    assert.equal(sorted(wss(host)), 'refused')
  }
  assert.equal(sorted('/ip4/1.2.3.4/tcp/443/wss'), 'refused')
  assert.equal(sorted('/ip4/127.0.0.1/tcp/443/ws'), 'refused')
})

test('has no ear for hosts that a URL would read in another way, nor for a second name', () => {
  for (const host of [
    'evil.com:1.good.example',
    'evil.com?.good.example',
    'evil.com#.good.example',
    'evil.com\\.good.example',
    'evil.com:444?.good.example',
    'evil.com%2f.good.example',
    'user@evil.com'
  ]) {
    assert.equal(sorted(wss(host)), 'not for pages', host)
  }
  assert.equal(sorted(wss('a.good.example', 'tls/sni/evil.com/ws')), 'not for pages')
  assert.equal(sorted(wss('a.good.example', 'wss/http-path/x')), 'not for pages')
})

test('takes loopback for loopback alone', () => {
  assert.equal(sorted('/ip4/127.0.0.1/tcp/4001/ws', 'localhost'), 'own')
  assert.equal(sorted('/ip6/::1/tcp/4001/ws', '[::1]'), 'own')
  assert.equal(sorted(wss('relay.example'), '127.0.0.1'), 'refused')
})
