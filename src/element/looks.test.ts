import assert from 'node:assert/strict'
import { test } from 'node:test'
import { looksProblem, privacyLink } from './looks.ts'

Object.assign(globalThis, { document: { baseURI: 'https://wallet.example/app/' } })

const fine = { givenVariant: undefined, privacyUrl: undefined, retentionDays: undefined }

test('what is left out, and what fits, is no problem', () => {
  assert.equal(looksProblem(fine), undefined)
  const given = { givenVariant: 'card', privacyUrl: '/privacy', retentionDays: 0 }
  assert.equal(looksProblem(given), undefined)
})

const wrong = [
  [{ givenVariant: 'cart' }, 'variant: "cart" is not one of pill, card'],
  [{ privacyUrl: 'javascript:alert(1)' }, /^privacyUrl: "javascript:alert\(1\)" is not a URL/],
  [{ retentionDays: Number.NaN }, 'retentionDays: is not a number of days'],
  [{ retentionDays: -1 }, 'retentionDays: is not a number of days']
] as const

for (const [given, message] of wrong) {
  test(`names what is wrong with ${JSON.stringify(given)}`, () => {
    const problem = looksProblem({ ...fine, ...given })
    assert.equal(problem?.name, 'OptionError')
    if (typeof message === 'string') assert.equal(problem?.message, message)
    else assert.match(problem?.message ?? '', message)
  })
}

test('a policy of the page itself is found from where the page is', () => {
  assert.equal(privacyLink('privacy'), 'https://wallet.example/app/privacy')
})
