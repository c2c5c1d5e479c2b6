import { once } from 'node:events'
import { createServer } from 'node:net'
import { PORT_FLAGS, type ServiceName } from './arguments.ts'
import { LOOPBACK } from './http.ts'

const NAMES: Record<ServiceName, string> = {
  page: 'the page',
  relay: 'the relay',
  aggregator: 'the aggregator',
  http: 'the aggregator’s HTTP API',
  chain: 'the development chain'
}

/** Ports that the demo needs are used by other programs, or may not be used. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

/**
 * Makes sure that ports can be had before anything is started, so that a message can name all that
 * cannot, each with the flag that changes it.
 *
 * @throws {PortTakenError}
 */
export async function checkPorts(ports: Partial<Record<ServiceName, number>>): Promise<void> {
  const problems = await Promise.all(
    (Object.entries(ports) as Array<[ServiceName, number]>).map(async ([name, port]) => {
      const code = await failureOf(port)
      if (code === undefined) return []
      const what = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`
      return [`port ${port} of ${NAMES[name]} ${what}: choose another with ${PORT_FLAGS[name]}`]
    })
  )
  const lines = problems.flat()
  if (lines.length > 0) throw new PortTakenError(lines.join('\n'))
}

async function failureOf(port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen(port, LOOPBACK)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error'
  }
}
