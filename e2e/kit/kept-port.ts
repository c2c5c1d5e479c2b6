import { once } from 'node:events'
import { createServer } from 'node:net'

// Below what systems give to sockets that dial: Linux begins at 32,768, others at 49,152.
const LOWEST = 15_000
const HIGHEST = 32_000
/**
 * Two processes may look at the same time, so each looks in a block by its number, one of 42; more than
 * are out at once, so that it comes round to one only when its service is long gone.
 */
const PORTS_EACH = 400

let next = Math.floor(Math.random() * PORTS_EACH)

/**
 * A free port that stays free while its service is down, for a service that is started again at
 * the same address. One that the system chose may be taken by any socket that dials meanwhile, even
 * by one that dials that very port, and so meets itself.
 *
 * @throws {Error} when none of its block is free
 */
export async function keptPort(): Promise<number> {
  for (let looks = 0; looks < PORTS_EACH; looks++) {
    const port = LOWEST + ((process.pid * PORTS_EACH + (next++ % PORTS_EACH)) % (HIGHEST - LOWEST))
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
