import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ALERT_CLEAR_DELAY, ALERT_RAISE_DELAY } from '../constants.ts'
import { AlertBook } from './alert-book.ts'
import type { Condition } from './conditions.ts'

const EPOCH = 1_700_000_000_000
const down: Condition = { kind: 'node-down', subject: 'a', evidence: 'silent' }
const behind: Condition = { kind: 'node-behind', subject: 'a', evidence: 'slow' }
const unwell: Condition = { kind: 'observer-unwell', subject: '', evidence: 'stood still' }

/** Looks once, `at` ms after the beginning. */
function look(
  book: AlertBook,
  at: number,
  conditions: readonly Condition[],
  isFrozen = false,
  isAlone = false
) {
  const { raised, cleared } = book.look(conditions, EPOCH + at, at, { isFrozen, isAlone })
  return [raised.map(({ kind }) => kind), cleared.map(({ kind }) => kind)]
}

describe('AlertBook', () => {
  test('raises an alert once and clears it once, with since and until', () => {
    const book = new AlertBook()
    assert.deepEqual(look(book, 0, [down]), [['node-down'], []])
    assert.deepEqual(look(book, 1_000, [down]), [[], []])
    const [alert] = book.standing
    assert.deepEqual(alert, { ...down, id: alert?.id, since: EPOCH })
    const end = 1_000 + ALERT_CLEAR_DELAY
    assert.deepEqual(look(book, end - 1, []), [[], []])
    const { cleared } = book.look([], EPOCH + end, end, { isFrozen: false, isAlone: false })
    assert.deepEqual(cleared, [{ ...alert, until: EPOCH + 1_000 }])
    assert.deepEqual(book.standing, [])
    assert.deepEqual(look(book, end + 1, []), [[], []])
  })

  test('makes one alert of a reason that comes and goes', () => {
    const book = new AlertBook()
    look(book, 0, [down])
    for (let at = 10_000; at < 300_000; at += 10_000) {
      assert.deepEqual(look(book, at, at % 20_000 === 0 ? [down] : []), [[], []])
    }
    assert.equal(book.standing.length, 1)
  })

  test('waits with what a head tells until it has held for a while', () => {
    const book = new AlertBook()
    assert.deepEqual(look(book, 0, [behind]), [[], []])
    assert.deepEqual(look(book, ALERT_RAISE_DELAY - 1, [behind]), [[], []])
    assert.deepEqual(look(book, ALERT_RAISE_DELAY, [behind]), [['node-behind'], []])
    const flickering = new AlertBook()
    look(flickering, 0, [behind])
    look(flickering, 30_000, [])
    assert.deepEqual(look(flickering, ALERT_RAISE_DELAY, [behind]), [[], []])
  })

  test('neither raises nor clears alerts about nodes while the observer is unwell', () => {
    const book = new AlertBook()
    look(book, 0, [down])
    const other = { ...down, subject: 'b' }
    assert.deepEqual(look(book, 1_000, [unwell, other], true), [['observer-unwell'], []])
    assert.deepEqual(look(book, 500_000, [unwell], true), [[], []])
    assert.deepEqual(look(book, 500_000 + ALERT_CLEAR_DELAY, [unwell]), [[], ['node-down']])
  })

  test('clears nothing that needs references while none can be compared with', () => {
    const book = new AlertBook()
    const stalled: Condition = { kind: 'node-stalled', subject: 'a', evidence: 'stands still' }
    const lost: Condition = { kind: 'references-lost', subject: '', evidence: 'none answers' }
    look(book, 0, [stalled, down, behind])
    look(book, 1_000, [lost], false, true)
    const end = 1_000 + ALERT_RAISE_DELAY
    assert.deepEqual(look(book, end, [lost], false, true), [['references-lost'], ['node-down']])
    assert.deepEqual(look(book, end + 1_000, [stalled]), [[], []])
    assert.deepEqual(look(book, end + 1_000 + ALERT_CLEAR_DELAY, []), [
      [],
      ['node-stalled', 'references-lost']
    ])
  })

  test('tells alerts of two nodes, and of two kinds, apart', () => {
    const book = new AlertBook()
    const stalled: Condition = { ...down, kind: 'node-stalled' }
    look(book, 0, [down, { ...down, subject: 'b' }, stalled])
    assert.equal(new Set(book.standing.map(({ id }) => id)).size, 3)
  })

  test('does not raise again what stood before a restart', () => {
    const before = new AlertBook()
    look(before, 0, [down])
    const book = new AlertBook()
    book.restore(before.standing, 5)
    assert.deepEqual(look(book, 10, [down]), [[], []])
    assert.deepEqual(book.standing, before.standing)
    assert.deepEqual(look(book, 10 + ALERT_CLEAR_DELAY, []), [[], ['node-down']])
  })

  test('gives a later alert of the same kind and node a name of its own', () => {
    const book = new AlertBook()
    look(book, 0, [down])
    const [first] = book.standing
    look(book, ALERT_CLEAR_DELAY, [])
    look(book, ALERT_CLEAR_DELAY + 1, [down])
    assert.notEqual(book.standing[0]?.id, first?.id)
  })
})
