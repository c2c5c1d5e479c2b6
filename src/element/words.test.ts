import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { View } from '../client/index.ts'
import { reportsLabel, sayView } from './labels.ts'
import { reportsSentence, viewSentence } from './sentences.ts'
import { arriving, ENGLISH, LANGUAGES, NOW, states, troubled, views } from './words.kit.test.ts'

const speech = { language: ENGLISH, chain: 'calibration', now: NOW } as const

for (const language of LANGUAGES) {
  test(`every state and every view has its words in ${language.tag}, and no place is left open`, () => {
    const said = [
      ...states.flatMap((state) => [
        language.say(reportsLabel(state).label),
        reportsSentence(state, { ...speech, language })
      ]),
      ...views.flatMap((view) => [sayView(language, view), viewSentence(view, language)])
    ]
    for (const text of said) assert.match(text, /^[^{}]{2,}$/, text)
    if (language.tag !== 'en') return
    for (const text of said.filter((each) => each.length > 40)) assert.match(text, /[.?]$/)
  })
}

test('every state of one shape and word tells its differences in the sentence', () => {
  const sentences = troubled.map((state) => reportsSentence(state, speech))
  const doubled = sentences.filter((each, at) => sentences.indexOf(each) !== at)
  // A misconfigured and an unsupported client say the same of the same problem, and a refusal the
  // same before it stops reports as after.
  assert.deepEqual(
    new Set(doubled),
    new Set([
      'Reports cannot be sent: p.',
      ...troubled
        .filter(({ phase }) => phase === 'rejected')
        .slice(0, -1)
        .map((state) => reportsSentence(state, speech))
    ])
  )
})

describe('a tab that follows', () => {
  test('says that another tab reports while those reports arrive', () => {
    const state = { phase: 'following', since: 1, leader: arriving } as const
    assert.deepEqual(reportsLabel(state), { shape: 'elsewhere', label: 'label-elsewhere' })
    assert.equal(reportsSentence(state, speech), 'Another tab reports for this wallet.')
  })

  for (const leader of troubled) {
    const sentence = reportsSentence(leader, speech)
    test(`says of the other tab what that says of itself: ${sentence}`, () => {
      const state = { phase: 'following', since: 1, leader } as const
      assert.deepEqual(reportsLabel(state), reportsLabel(leader))
      assert.equal(reportsSentence(state, speech), `In another tab: ${sentence}`)
    })
  }
})

test('calls those who agree the sources of the operator', () => {
  const view: View = { verdict: 'fresh', height: 7n, checkedAt: NOW }
  const said = (witnesses: number): string => viewSentence({ ...view, witnesses }, ENGLISH)
  assert.equal(said(1), 'Epoch 7. 1 of the operator’s sources agrees.')
  assert.equal(said(2), 'Epoch 7. 2 of the operator’s sources agree.')
})

test('names the network that the wallet is on where the server watches another', () => {
  const state = { phase: 'rejected', reason: 'wrong-network', since: 1 } as const
  assert.match(reportsSentence(state, speech), /than Calibration, which this wallet is on/)
})

test('a failure says since when, when it is tried again, and that no money is meant', () => {
  const state = troubled.find((each) => each.phase === 'failing' && each.layer === 'relay')
  assert.ok(state)
  const said = reportsSentence(state, speech)
  assert.match(said, /^The relay relay\.example has been silent since \d\d:\d\d/)
  assert.match(said, /Next try in 12 seconds\. This concerns status reports only\.$/)
})
