import { once } from 'node:events'
import { createServer } from 'node:net'

// Below what systems give to sockets that dial: Linux begins at 32,768, others at 49,152.
const LOWEST = 15_000
const HIGHEST = 32_000
/** Each process looks among its own, since two may look at the same time. */
const PORTS_EACH = 100

let looked = 0

/**
 * A free port that stays free while its service is down, for a service that is started again at
 * the same address. One that the system chose may be taken by any socket that dials meanwhile, even
 * by one that dials that very port, and so meets itself.
 */
export async function keptPort(): Promise<number> {
  for (;;) {
    const port = LOWEST + ((process.pid * PORTS_EACH + (looked % PORTS_EACH)) % (HIGHEST - LOWEST))
    looked += 1
    if (await isFree(port)) return port
  }
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
