import type { HeartbeatClient } from '../../src/index.ts'

/** What an agreement by script looks like. */
export const CONSENT = { consent: true } as const

/** Resolves as soon as what the client tells fits. */
export async function until(client: HeartbeatClient, fits: () => boolean): Promise<void> {
  if (fits()) return
  await new Promise<void>((resolve) => {
    const end = client.subscribe(() => {
      if (!fits()) return
      end()
      resolve()
    })
  })
}
