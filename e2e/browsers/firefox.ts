import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ANSWER_TIMEOUT,
  type Answer,
  type Browser,
  BrowserProgram,
  expressionOf,
  findProgram
} from './browser.ts'

/** What to start Firefox by, if it is installed. */
export const firefoxPath: string | undefined = await findProgram(['firefox', 'firefox-esr'])

/** Starts Firefox, unseen and with a profile of its own, and speaks WebDriver BiDi with it. */
export async function openFirefox(path: string): Promise<Browser> {
  await using stack = new AsyncDisposableStack()
  const profile = await mkdtemp(join(tmpdir(), 'fil-heartbeat-firefox-'))
  stack.defer(() => rm(profile, { recursive: true, maxRetries: 5 }))
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0']
  const program = stack.use(new BrowserProgram(path, args))
  const address = await program.errors.find((line) => /ws:\/\/\S+/.exec(line)?.[0])
  const bidi = await Bidi.open(`${address}/session`)
  const { capabilities } = await bidi.ask('session.new', { capabilities: {} })
  const { contexts } = await bidi.ask('browsingContext.getTree', {})
  const { context } = contexts[0]
  const started = stack.move()
  return {
    name: `Firefox ${capabilities.browserVersion}`,
    open: async (url) => {
      await bidi.ask('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    evaluate: async (run, ...args) => {
      const { result, exceptionDetails } = await bidi.ask('script.evaluate', {
        expression: expressionOf(run, args),
        target: { context },
        awaitPromise: true
      })
      if (exceptionDetails) throw new Error(exceptionDetails.text)
      return result.value === undefined ? undefined : JSON.parse(result.value)
    },
    screenshot: async () => {
      const { data } = await bidi.ask('browsingContext.captureScreenshot', { context })
      return Buffer.from(data, 'base64')
    },
    [Symbol.asyncDispose]: () => started.disposeAsync()
  }
}

/** Commands and their answers, over one WebSocket. */
class Bidi {
  readonly #socket: WebSocket
  readonly #asked: PromiseWithResolvers<Answer>[] = []

  static async open(url: string): Promise<Bidi> {
    const socket = new WebSocket(url)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', () => reject(new Error(`no answer at ${url}`)))
    })
    return new Bidi(socket)
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error, message } = JSON.parse(data)
      if (error === undefined) this.#asked[id]?.resolve(result)
      else this.#asked[id]?.reject(new Error(`${error}: ${message}`))
    })
    socket.addEventListener('close', () => {
      for (const asked of this.#asked) asked.reject(new Error('Firefox has ended'))
    })
  }

  /** @throws {Error} where Firefox refuses, has ended, or does not answer in time */
  async ask(method: string, params: object): Promise<Answer> {
    const asked = Promise.withResolvers<Answer>()
    const id = this.#asked.push(asked) - 1
    const silent = (): void => asked.reject(new Error(`no answer to ${method}`))
    const timer = setTimeout(silent, ANSWER_TIMEOUT)
    try {
      this.#socket.send(JSON.stringify({ id, method, params }))
      return await asked.promise
    } finally {
      clearTimeout(timer)
    }
  }
}
