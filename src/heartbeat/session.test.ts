import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_UNANSWERED_BEATS } from '../constants.ts'
import { Session } from './session.ts'

function send(session: Session, height: bigint): void {
  const content = { head: [], height, nickname: '', minerAddress: '' }
  session.record(session.compose(content, { next: 1_000, page: 'visible' }))
}

test('finds the beat of an answer that comes after others have left', () => {
  const session = new Session()
  for (let height = 1n; height <= 3n; height++) send(session, height)
  assert.equal(session.find(1)?.height, 1n)
  assert.equal(session.find(3)?.height, 3n)
  assert.equal(session.find(4), undefined)
})

test('forgets the eldest beats that nobody answered', () => {
  const session = new Session()
  for (let seq = 1; seq <= MAX_UNANSWERED_BEATS + 1; seq++) send(session, BigInt(seq))
  assert.equal(session.find(1), undefined)
  assert.equal(session.find(2)?.height, 2n)
})

test('finds the beats of a session that is over', () => {
  const session = new Session()
  send(session, 1n)
  session.renew()
  send(session, 2n)
  assert.equal(session.find(1)?.height, 1n)
  assert.equal(session.isOver(1), true)
})
