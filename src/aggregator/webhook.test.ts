import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MAX_WEBHOOK_QUEUE } from '../constants.ts'
import { until } from '../net/test-kit.ts'
import { systemClock } from '../timing/index.ts'
import type { Alert } from './alert.ts'
import { Webhook, type WebhookMessage } from './webhook.ts'

/** A server that keeps what it is told, and answers with the next of these statuses. */
class Listener {
  readonly told: (WebhookMessage & { key: unknown })[] = []
  readonly answers: (number | 'hang')[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((text) => {
        const answer = this.answers.shift() ?? 204
        if (answer === 'hang') return
        if (answer < 300) {
          this.told.push({ ...JSON.parse(text), key: request.headers['idempotency-key'] })
        }
        response.writeHead(answer, { location: '/elsewhere' }).end()
      })
    })
  }

  static async start(t: TestContext): Promise<Listener> {
    const listener = new Listener()
    listener.#server.listen(0, '127.0.0.1')
    await once(listener.#server, 'listening')
    t.after(() => {
      listener.#server.closeAllConnections()
      listener.#server.close()
    })
    return listener
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook?token=secret`
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const lines: string[] = []
const log = Object.assign((...words: unknown[]) => void lines.push(words.join(' ')), {
  ...defaultLogger().forComponent('test')
})

function webhookTo(url: string): Webhook {
  return new Webhook({ url, clock: systemClock, log, random: () => 0 })
}

function message(id: string, event: WebhookMessage['event'] = 'raised'): WebhookMessage {
  const alert: Alert = { id, kind: 'node-down', subject: 'a', since: 1, evidence: 'silent' }
  return { event, alert, aggregator: 'self' }
}

describe('Webhook', () => {
  test('tells each alert once, in order, with a key of its own', async (t) => {
    const listener = await Listener.start(t)
    const webhook = webhookTo(listener.url)
    webhook.tell(message('a'))
    webhook.tell(message('b'))
    webhook.tell(message('a', 'cleared'))
    await until('all are told', () => listener.told.length === 3)
    assert.deepEqual(
      listener.told.map(({ key }) => key),
      ['a.raised', 'b.raised', 'a.cleared']
    )
    assert.deepEqual(listener.told[0], { ...message('a'), key: 'a.raised' })
    await until('nothing waits', () => webhook.status.queued === 0)
    await webhook.stop()
  })

  test('tells it again until it is taken, and says what is wrong meanwhile', async (t) => {
    const listener = await Listener.start(t)
    listener.answers.push(500, 302)
    const webhook = webhookTo(listener.url)
    webhook.tell(message('a'))
    webhook.tell(message('b'))
    await until('all are told', () => listener.told.length === 2)
    assert.deepEqual(
      listener.told.map(({ alert }) => alert.id),
      ['a', 'b']
    )
    await until('all is well', () => webhook.status.problem === undefined)
    await webhook.stop()
  })

  test('never names the URL, which may hold a secret', async () => {
    const webhook = webhookTo('http://127.0.0.1:1/hook?token=secret')
    webhook.tell(message('a'))
    await until('a failure', () => webhook.status.problem !== undefined)
    assert.equal(webhook.status.problem, 'it could not be reached')
    await webhook.stop()
    assert.doesNotMatch(lines.join('\n'), /secret/)
  })

  test('gives up the eldest message when too many wait', async () => {
    const webhook = webhookTo('http://127.0.0.1:1/')
    for (let n = 0; n < MAX_WEBHOOK_QUEUE + 3; n++) webhook.tell(message(`${n}`))
    assert.deepEqual([webhook.status.queued, webhook.status.lost], [MAX_WEBHOOK_QUEUE, 3])
    await webhook.stop()
  })

  test('tells what waits before it ends', async (t) => {
    const listener = await Listener.start(t)
    listener.answers.push('hang')
    const webhook = webhookTo(listener.url)
    webhook.tell(message('a'))
    await until('it is being told', () => listener.answers.length === 0)
    await webhook.stop()
    assert.deepEqual(
      listener.told.map(({ alert }) => alert.id),
      ['a']
    )
    await webhook.stop()
  })
})
