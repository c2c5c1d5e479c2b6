import { nextLook } from '../kit/fault-network.ts'
import { keptPort } from '../kit/kept-port.ts'
import {
  ANSWER_TIMEOUT,
  type Answer,
  type Browser,
  BrowserProgram,
  expressionOf,
  findProgram
} from './browser.ts'

const DRIVER = await findProgram(['WebKitWebDriver'])
const SCREEN = await findProgram(['Xvfb'])
const BROWSER = await findProgram(
  ['4.1', '6.0', '4.0'].flatMap((version) =>
    ['x86_64', 'aarch64'].map(
      (machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`
    )
  )
)

/** Where WebKitGTK's browser is, if it and all that it needs are installed. */
export const webKitPath: string | undefined = DRIVER && SCREEN && BROWSER

/** Starts WebKitGTK's browser on a screen that nobody sees, and speaks WebDriver with it. */
export async function openWebKit(binary: string): Promise<Browser> {
  await using stack = new AsyncDisposableStack()
  // It says the number of its screen where a program says what is wrong.
  const screen = stack.use(new BrowserProgram('Xvfb', ['-displayfd', '2', '-nolisten', 'tcp']))
  const display = await screen.errors.find((line) => /^\d+$/.exec(line)?.[0])
  const port = await keptPort()
  const program = new BrowserProgram('WebKitWebDriver', [`--port=${port}`], {
    DISPLAY: `:${display}`,
    // Of a system without a language, it makes one that `Intl` refuses.
    LANG: 'en_US.UTF-8',
    LC_ALL: 'en_US.UTF-8'
  })
  stack.use(program)
  await answers(`http://127.0.0.1:${port}/status`)
  const ask = askAt(`http://127.0.0.1:${port}/session`)
  const { sessionId, capabilities } = await ask('POST', '', {
    capabilities: {
      alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } }
    }
  })
  const started = stack.move()
  return {
    name: `WebKitGTK ${capabilities.browserVersion}`,
    open: async (url) => {
      await ask('POST', `/${sessionId}/url`, { url })
    },
    evaluate: async (run, ...args) => {
      const script = `return ${expressionOf(run, args)}`
      const text = await ask('POST', `/${sessionId}/execute/sync`, { script, args: [] })
      return text === null ? undefined : JSON.parse(text)
    },
    screenshot: async () => Buffer.from(await ask('GET', `/${sessionId}/screenshot`), 'base64'),
    [Symbol.asyncDispose]: () => started.disposeAsync()
  }
}

async function answers(url: string): Promise<void> {
  const end = performance.now() + ANSWER_TIMEOUT
  while (!(await fetch(url).catch(() => undefined))) {
    if (performance.now() > end) throw new Error(`no answer at ${url}`)
    await nextLook()
  }
}

type Ask = (method: string, path: string, body?: object) => Promise<Answer>

/** @throws {Error} where the browser refuses, or does not answer in time */
function askAt(base: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT),
      ...(body && { body: JSON.stringify(body) })
    })
    const { value } = (await response.json()) as { value: { error?: string; message?: string } }
    if (value?.error !== undefined) throw new Error(`${value.error}: ${value.message}`)
    return value
  }
}
