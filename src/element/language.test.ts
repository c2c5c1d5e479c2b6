import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Language } from './language.ts'
import { addLanguage, loadMessages, onLanguageAdded } from './languages.ts'
import { ar } from './messages/ar.ts'
import { en } from './messages/en.ts'
import type { Message, Messages } from './messages/messages.ts'
import { zh } from './messages/zh.ts'

const english = new Language('en', en)

/** The places in a message, all forms together. */
function placesOf(message: Message): string[] {
  const forms = typeof message === 'string' ? [message] : Object.values(message)
  return [...new Set(forms.flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort()
}

for (const [tag, messages] of Object.entries({ zh, ar })) {
  test(`${tag} says all that English says, and fills no place that English does not`, () => {
    for (const [key, message] of Object.entries(en) as [keyof Messages, Message][]) {
      const own = placesOf(messages[key])
      // A count and what is named of it may be left out where a plural says it.
      const known = [...placesOf(message), '{count}', '{first}', '{more}']
      assert.deepEqual(
        own.filter((place) => !known.includes(place)),
        [],
        key
      )
      const needed = placesOf(message).filter((place) => !/count|first|more/.test(place))
      assert.deepEqual(
        needed.filter((place) => !own.includes(place)),
        [],
        key
      )
    }
  })
}

test('lengths of time are said in the coarsest unit that still says something', () => {
  const said = [0, 89_000, 90_000, 5_340_000, 7_200_000, 3 * 86_400_000]
  assert.deepEqual(
    said.map((time) => english.span(time)),
    ['1 sec', '89 sec', '2 min', '89 min', '2 hr', '3 days']
  )
  assert.equal(english.span(-180_000), '3 min')
})

test('moments are said from now, backwards and forwards', () => {
  assert.equal(english.ago(0, 999), 'just now')
  assert.equal(english.ago(0, 3_000), '3 seconds ago')
  assert.equal(english.until(999, 0), 'now')
  assert.equal(english.until(12_000, 0), 'in 12 seconds')
  assert.equal(new Language('zh', zh).ago(0, 3_000), '3秒钟前')
})

test('a message takes the plural form of its count', () => {
  assert.equal(english.say('epochs', { count: 1 }), '1 epoch')
  assert.equal(english.say('epochs', { count: 0 }), '0 epochs')
  assert.equal(new Language('ar', ar).say('epochs', { count: 2 }), 'حقبتان')
})

test('numbers are written as the language writes them, however large', () => {
  assert.equal(english.number(2n ** 64n - 1n), '18,446,744,073,709,551,615')
  assert.equal(new Language('de', en).number(5_123_456n), '5.123.456')
})

test('what comes from outside is text, whatever it is', () => {
  const said = english.say('reaching', { host: '{attempt} $& <b>' })
  assert.equal(said, 'Reaching {attempt} $& <b>.')
})

test('a host among words that run the other way keeps its own order', () => {
  const said = new Language('ar', ar).say('reaching', { host: 'relay.example' })
  assert.match(said, /\u2068relay\.example\u2069/)
})

test('a page may say any message in its own words', () => {
  const own = new Language('en', { ...en, name: 'Network health' })
  assert.equal(own.say('name'), 'Network health')
  assert.equal(own.say('idle'), 'Nothing is sent.')
})

test('a region speaks the language at large, and what nobody speaks is English', async () => {
  assert.deepEqual(await loadMessages('zh-Hant-TW'), { tag: 'zh-Hant-TW', messages: zh })
  assert.deepEqual(await loadMessages('tlh'), { tag: 'en', messages: en })
  assert.deepEqual(await loadMessages('no tag at all'), { tag: 'en', messages: en })
})

test('a language can be added, fetched or at hand, and English fills its gaps', async () => {
  let heard = 0
  const forget = onLanguageAdded(() => {
    heard += 1
  })
  addLanguage('de', async () => ({ idle: 'Es wird nichts gesendet.' }))
  addLanguage('de-at', { idle: 'Es wird nix gesendet.' })
  forget()
  assert.equal(heard, 2)
  const german = await loadMessages('de-CH')
  assert.equal(german.messages.idle, 'Es wird nichts gesendet.')
  assert.equal(german.messages.name, en.name)
  assert.equal((await loadMessages('de-AT')).messages.idle, 'Es wird nix gesendet.')
})

test('what is no language tag is refused where it is given', () => {
  assert.throws(() => addLanguage('not a tag', {}), {
    name: 'OptionError',
    message: 'tag: "not a tag" is not a language tag'
  })
})
