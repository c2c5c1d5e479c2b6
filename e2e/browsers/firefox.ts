import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, endProgram, expressionOf, findProgram, startProgram } from './browser.ts'

/** Where Firefox is, if it is installed. */
export const firefoxPath: string | undefined = await findProgram(['firefox', 'firefox-esr'])

/** Starts Firefox, unseen and with a profile of its own, and speaks WebDriver BiDi with it. */
export async function openFirefox(path: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'fil-heartbeat-firefox-'))
  const program = startProgram(path, [
    '--headless',
    '--no-remote',
    '--profile',
    profile,
    '--remote-debugging-port=0'
  ])
  const close = async (): Promise<void> => {
    await endProgram(program)
    await rm(profile, { recursive: true, maxRetries: 5 })
  }
  try {
    const bidi = await Bidi.open(`${await addressSaid(program.stderr)}/session`)
    const { capabilities } = await bidi.ask('session.new', { capabilities: {} })
    const { contexts } = await bidi.ask('browsingContext.getTree', {})
    const { context } = contexts[0]
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
      [Symbol.asyncDispose]: close
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function addressSaid(output: NodeJS.ReadableStream | null): Promise<string> {
  if (output === null) throw new Error('Firefox has no output')
  for await (const line of createInterface({ input: output })) {
    const [address] = /ws:\/\/\S+/.exec(line) ?? []
    if (address === undefined) continue
    // What it says from now on is nobody's.
    output.resume()
    return address
  }
  throw new Error('Firefox ended before it listened')
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

  ask(method: string, params: object): Promise<Answer> {
    const asked = Promise.withResolvers<Answer>()
    const id = this.#asked.push(asked) - 1
    this.#socket.send(JSON.stringify({ id, method, params }))
    return asked.promise
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers, of as many forms as it has commands
type Answer = any
