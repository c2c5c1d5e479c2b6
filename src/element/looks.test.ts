import assert from 'node:assert/strict'
import { test } from 'node:test'
import { daysOf, type Looks, privacyLink, sayable, variantOf } from './looks.ts'
import { looksProblem } from './looks-problem.ts'

Object.assign(globalThis, { document: { baseURI: 'https://wallet.example/app/' } })

test('what is left out, and what fits, is no problem', () => {
  assert.equal(looksProblem({}), undefined)
  const given = {
    variant: 'card',
    privacyUrl: '/privacy',
    retentionDays: 0,
    messages: { idle: 'Off.' }
  }
  assert.equal(looksProblem(given), undefined)
})

const wrong = [
  [{ variant: 'cart' }, 'variant: "cart" is not one of pill, card'],
  [{ privacyUrl: 'javascript:alert(1)' }, /^privacyUrl: "javascript:alert\(1\)" is not a URL/],
  [{ retentionDays: Number.NaN }, 'retentionDays: is not a number of days'],
  [{ retentionDays: -1 }, 'retentionDays: is not a number of days'],
  [{ messages: { idle: undefined } }, 'messages: "idle" is no message']
] as const

for (const [given, message] of wrong) {
  test(`names what is wrong with ${JSON.stringify(given)}`, () => {
    const problem = looksProblem(given as Looks)
    assert.equal(problem?.name, 'OptionError')
    if (typeof message === 'string') assert.equal(problem?.message, message)
    else assert.match(problem?.message ?? '', message)
  })
}

test('a policy of the page itself is found from where the page is', () => {
  assert.equal(privacyLink({ privacyUrl: 'privacy' }), 'https://wallet.example/app/privacy')
})

test('what is wrong is not shown', () => {
  assert.equal(variantOf({ variant: 'cart' }), 'pill')
  assert.equal(daysOf({ retentionDays: -1 }), undefined)
  assert.deepEqual(sayable({ idle: undefined, name: 'Health' } as never), { name: 'Health' })
})
