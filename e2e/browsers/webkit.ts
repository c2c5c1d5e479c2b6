import { nextLook } from '../kit/fault-network.ts'
import { keptPort } from '../kit/kept-port.ts'
import { type Browser, endProgram, expressionOf, findProgram, startProgram } from './browser.ts'

const DRIVER = await findProgram(['WebKitWebDriver'])
const BROWSER = await findProgram(
  ['4.1', '6.0', '4.0'].flatMap((version) =>
    ['x86_64', 'aarch64'].map(
      (machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`
    )
  )
)
const SCREEN = process.env.DISPLAY ?? (await findProgram(['xvfb-run']))

/** Where WebKitGTK's browser is, if it and all that it needs are installed. */
export const webKitPath: string | undefined = DRIVER && SCREEN && BROWSER

/** Starts WebKitGTK's browser, and speaks WebDriver with it. */
export async function openWebKit(binary: string): Promise<Browser> {
  const port = await keptPort()
  const driver = ['WebKitWebDriver', `--port=${port}`]
  const [command = '', ...args] = process.env.DISPLAY ? driver : ['xvfb-run', '-a', ...driver]
  const program = startProgram(command, args)
  try {
    const ask = askAt(`http://127.0.0.1:${port}/session`)
    await answers(`http://127.0.0.1:${port}/status`)
    const options = { binary, args: ['--automation'] }
    const { sessionId, capabilities } = await ask('POST', '', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } }
    })
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
      [Symbol.asyncDispose]: () => endProgram(program)
    }
  } catch (error) {
    await endProgram(program)
    throw error
  }
}

/** How long a program may take to listen, in ms. */
const START_TIMEOUT = 20_000

async function answers(url: string): Promise<void> {
  const end = performance.now() + START_TIMEOUT
  while (!(await fetch(url).catch(() => undefined))) {
    if (performance.now() > end) throw new Error(`no answer at ${url}`)
    await nextLook()
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers, of as many forms as it has commands
type Ask = (method: string, path: string, body?: object) => Promise<any>

function askAt(base: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      ...(body && { body: JSON.stringify(body) })
    })
    const { value } = (await response.json()) as { value: { error?: string; message?: string } }
    if (value?.error !== undefined) throw new Error(`${value.error}: ${value.message}`)
    return value
  }
}
