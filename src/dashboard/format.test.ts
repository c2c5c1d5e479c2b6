import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  epoch,
  epochs,
  evidenceText,
  milliseconds,
  moment,
  second,
  sentence,
  share,
  shortId,
  span
} from './format.ts'

test('an epoch is exact, however large, and what is none is a dash', () => {
  assert.equal(epoch('18446744073709551615'), new Intl.NumberFormat().format(2n ** 64n - 1n))
  for (const none of [undefined, '', '-1', '1e9', '<b>']) assert.equal(epoch(none), '–')
})

test('a share is all of it only when it is all', () => {
  assert.equal(
    share(999, 1_000),
    new Intl.NumberFormat(undefined, { style: 'percent' }).format(0.99)
  )
  assert.match(share(5, 5), /100/)
  assert.equal(share(0, 0), '–')
})

test('lengths of time have a unit, and none is below nothing', () => {
  assert.equal(span(-5_000), '0 s')
  assert.equal(span(99_000), '99 s')
  assert.equal(span(120_000), '2 min')
  assert.equal(span(7_200_000), '2 h')
  assert.equal(span(5 * 86_400_000), '5 d')
  assert.equal(milliseconds(23.4), '23 ms')
  assert.equal(milliseconds(undefined), '–')
  assert.equal(epochs(1), '1 epoch')
})

test('a long identifier keeps the end that tells it apart', () => {
  assert.equal(shortId('12D3KooWK99VoVxNE7Xzy'), '12D3…VxNE7Xzy')
  assert.equal(shortId('short'), 'short')
})

test('words of the aggregator become a sentence', () => {
  assert.equal(sentence('no beat since 14:02'), 'No beat since 14:02.')
  assert.equal(sentence('It is well.'), 'It is well.')
  assert.equal(sentence(' '), '')
})

test('evidence has moments of this place, and grouped heights', () => {
  const due = Date.UTC(2026, 10, 22, 22, 47, 33)
  const evidence =
    'its last beat, at height 1795387653, came 2026-11-20T22:47:33Z, the next was due by 2026-11-22T22:47:33Z'
  assert.equal(
    evidenceText(evidence, due + 60_000),
    `Its last beat, at height ${epoch('1795387653')}, came ${moment(due - 2 * 86_400_000, due)}, the next was due by ${second(due)}.`
  )
  const lag = "its head is 18446744073709551610, 5 epochs behind the network's 18446744073709551615"
  const [low, high] = [epoch('18446744073709551610'), epoch('18446744073709551615')]
  const written = `Its head is ${low}, 5 epochs behind the network's ${high}.`
  assert.equal(evidenceText(lag, due), written)
})

test('evidence keeps names as they are, and what is no moment', () => {
  for (const name of [
    'node1234.example:12345',
    '10.0.0.12345',
    '12D3KooWK99VoVxNE7Xzy',
    'rpc-2024.example',
    '2026-99-99T99:99:99Z'
  ]) {
    const evidence = `At height 7 they differ: ${name} against [::1]:12345.`
    assert.equal(evidenceText(evidence, 0), evidence)
  }
})
