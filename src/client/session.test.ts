import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { STOP_TIMEOUT } from '../constants.ts'
import { BEATING, HandSession, OPTIONS } from './pages.kit.test.ts'
import { Session } from './session.ts'
import { settled } from './tabs.kit.test.ts'

describe('a session', () => {
  test('is given up on when the network side does not answer its stop', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const hand = new HandSession()
      hand.answersStop = false
      const session = new Session(hand.port, OPTIONS, () => assert.fail('it was told to stop'))
      const stopped = session.stop()
      hand.tell({ type: 'state', state: BEATING })
      mock.timers.tick(STOP_TIMEOUT - 1)
      await settled()
      assert.equal(hand.isClosed, false)
      mock.timers.tick(1)
      await stopped
      assert.equal(hand.isClosed, true)
    } finally {
      mock.timers.reset()
    }
  })
})
