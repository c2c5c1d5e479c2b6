import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { HeadError } from '../errors.ts'
import { FakeClock } from '../timing/fake-clock.ts'
import { fallbackHead } from './fallback.ts'
import type { Head, HeadObserver, HeadSource } from './index.ts'
import { headAt, Recorder } from './lotus-server.kit.test.ts'

/** A source that a test speaks through. */
class Puppet implements HeadSource {
  readonly name: string
  answer: Head | Error
  reads = 0
  #watch: { readonly observer: HeadObserver; readonly signal: AbortSignal } | undefined

  constructor(name: string, answer: Head | Error) {
    this.name = name
    this.answer = answer
  }

  async read(): Promise<Head> {
    this.reads++
    if (this.answer instanceof Error) throw this.answer
    return this.answer
  }

  watch(observer: HeadObserver, signal: AbortSignal): void {
    this.#watch = { observer, signal }
  }

  get watched(): boolean {
    return this.#watch !== undefined && !this.#watch.signal.aborted
  }

  tell(news: Head | Error): void {
    if (news instanceof Error) this.#watch?.observer.error(news)
    else this.#watch?.observer.head(news)
  }
}

const gone = (name: string): HeadError => new HeadError(name, 'gone')

function setUp() {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => new Puppet(name, gone(name))) as [
    Puppet,
    Puppet,
    Puppet
  ]
  const controller = new AbortController()
  const recorder = new Recorder()
  const source = fallbackHead([a, b, c])
  const watch = (): void => source.watch?.(recorder, controller.signal)
  return { a, b, c, controller, recorder, source, watch }
}

test('refuses to be made of nothing', () => {
  assert.throws(() => fallbackHead([]), { name: 'OptionError', message: 'sources: there is none' })
})

test('reads the first that answers, and asks no other', async () => {
  const { a, b, c, source } = setUp()
  const { signal } = new AbortController()
  b.answer = headAt(7)
  c.answer = headAt(8)
  assert.deepEqual(await source.read(signal), headAt(7))
  assert.deepEqual([a.reads, b.reads, c.reads], [1, 1, 0])
  a.answer = headAt(6)
  assert.deepEqual(await source.read(signal), headAt(6))
  assert.equal(b.reads, 1)
})

test('names the problem of each source when none answers', async () => {
  const { a, b, c, source } = setUp()
  await assert.rejects(source.read(new AbortController().signal), (error: unknown) => {
    assert.ok(error instanceof HeadError)
    assert.equal(error.source, 'first of a, b, c')
    assert.equal(error.message, 'first of a, b, c: a: gone; b: gone; c: gone')
    assert.ok(error.cause instanceof AggregateError)
    assert.deepEqual(error.cause.errors, [a.answer, b.answer, c.answer])
    return true
  })
})

test('asks no further source once the signal aborts', async () => {
  const { a, b, controller, source } = setUp()
  a.read = async () => {
    controller.abort(new Error('enough'))
    throw controller.signal.reason
  }
  await assert.rejects(source.read(controller.signal), /^Error: enough$/)
  await assert.rejects(source.read(controller.signal), /^Error: enough$/)
  assert.equal(b.reads, 0)
})

test('follows the first source alone as long as it tells', () => {
  const { a, b, recorder, watch } = setUp()
  watch()
  a.tell(headAt(1))
  a.tell(headAt(2))
  assert.deepEqual(recorder.heights, [1, 2])
  assert.equal(b.watched, false)
})

test('goes to the next source that tells, and back as soon as an earlier one does', () => {
  const { a, b, c, recorder, watch } = setUp()
  watch()
  a.tell(headAt(1))
  a.tell(gone('a'))
  b.tell(gone('b'))
  c.tell(headAt(2))
  assert.deepEqual([a.watched, b.watched, c.watched], [true, true, true])
  b.tell(headAt(3))
  assert.deepEqual([a.watched, b.watched, c.watched], [true, true, false])
  c.tell(headAt(99))
  a.tell(headAt(4))
  assert.deepEqual([a.watched, b.watched, c.watched], [true, false, false])
  b.tell(headAt(99))
  b.tell(gone('b'))
  assert.deepEqual(recorder.heights, [1, 2, 3, 4])
  assert.deepEqual(recorder.errors, [])
})

test('takes the later sources again when the first fails once more', () => {
  const { a, b, recorder, watch } = setUp()
  watch()
  a.tell(gone('a'))
  b.tell(headAt(1))
  a.tell(headAt(2))
  a.tell(gone('a'))
  assert.equal(b.watched, true)
  b.tell(headAt(3))
  assert.deepEqual(recorder.heights, [1, 2, 3])
})

test('does not repeat a head that another source had told', () => {
  const { a, b, recorder, watch } = setUp()
  watch()
  a.tell(headAt(1))
  a.tell(gone('a'))
  b.tell(headAt(1))
  assert.deepEqual(recorder.heights, [1])
})

test('tells an error only when no source can tell, and the head again afterwards', () => {
  const { a, b, c, recorder, watch } = setUp()
  watch()
  a.tell(headAt(1))
  a.tell(gone('a'))
  a.tell(gone('a'))
  b.tell(gone('b'))
  assert.deepEqual(recorder.errors, [])
  c.tell(gone('c'))
  assert.deepEqual(
    recorder.errors.map(({ message }) => message),
    ['first of a, b, c: a: gone; b: gone; c: gone']
  )
  b.tell(headAt(1))
  assert.deepEqual(recorder.heights, [1, 1])
})

test('stops every source when the signal aborts, and tells nothing more', () => {
  const { a, b, controller, recorder, watch } = setUp()
  watch()
  a.tell(gone('a'))
  controller.abort()
  assert.deepEqual([a.watched, b.watched], [false, false])
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  b.tell(headAt(1))
  a.tell(headAt(1))
  assert.deepEqual(recorder.heads, [])
})

test('does not begin when the signal is aborted already', () => {
  const { a, controller, watch } = setUp()
  controller.abort()
  watch()
  assert.equal(a.watched, false)
})

test('polls a source that cannot follow the chain by itself, but asks it at each read', async () => {
  const clock = new FakeClock()
  const { signal } = new AbortController()
  const recorder = new Recorder()
  let height = 0
  const plain: HeadSource = { name: 'plain', read: async () => headAt(++height) }
  const chain = { genesisTimestamp: 0, epochPeriod: 30_000 }
  const source = fallbackHead([plain], { chain, clock, random: () => 0 })
  source.watch?.(recorder, signal)
  await clock.tick(30_000)
  assert.deepEqual(recorder.heights, [1, 2])
  assert.equal((await source.read(signal)).height, 3n)
})
