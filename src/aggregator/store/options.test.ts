import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STORE_BEATS_PERIOD, STORE_ROLLUPS_PERIOD } from '../../constants.ts'
import { checkStoreInit } from './options.ts'

test('keeps beats a week and all else 90 days, unless told otherwise', () => {
  const { retention } = checkStoreInit({ file: 'h.db' })
  assert.deepEqual(retention, { beats: STORE_BEATS_PERIOD, rollups: STORE_ROLLUPS_PERIOD })
  const shorter = checkStoreInit({ file: 'h.db', retention: { beats: 1_000 } })
  assert.deepEqual(shorter.retention, { beats: 1_000, rollups: STORE_ROLLUPS_PERIOD })
})

test('refuses what is wrong, by its name', () => {
  const wrong: readonly [object, string][] = [
    [{ file: ' ' }, 'file'],
    [{ file: 'h.db', size: 1 }, 'size'],
    [{ file: 'h.db', retention: { beats: 0 } }, 'retention.beats'],
    [{ file: 'h.db', retention: { days: 1 } }, 'retention.days'],
    [{ file: 'h.db', limits: { maxBytes: 1.5 } }, 'limits.maxBytes']
  ]
  for (const [init, option] of wrong) {
    assert.throws(() => checkStoreInit(init as { file: string }), { name: 'OptionError', option })
  }
})
