import type { Logger } from 'pino'
import type { Aggregator } from '../aggregator/index.ts'
import { CLI_LOOK_PERIOD } from '../constants.ts'
import { type Clock, sleep, systemClock } from '../timing/index.ts'

/** Logs what changes about an aggregator: its reservations at relays, and its alerts. */
export async function watchAggregator(
  aggregator: Pick<Aggregator, 'relays' | 'alerts'>,
  log: Logger,
  ending: AbortSignal,
  clock: Clock = systemClock
): Promise<void> {
  const relays = new Map<string, string>()
  let alerts = new Map<string, object>()
  while (!ending.aborted) {
    for (const { address, reserved, problem } of aggregator.relays()) {
      const told = reserved ? 'reserved' : (problem ?? '')
      if (relays.get(address) === told) continue
      relays.set(address, told)
      if (reserved) log.info({ relay: address }, 'can be reached through the relay')
      else if (told !== '')
        log.warn({ relay: address, problem }, 'cannot be reached through the relay')
    }
    const standing = new Map(
      aggregator
        .alerts()
        .map((alert) => [JSON.stringify([alert.kind, 'peer' in alert ? alert.peer : '']), alert])
    )
    for (const [key, alert] of standing)
      if (!alerts.has(key)) log.warn({ alert }, 'an alert is raised')
    for (const [key, alert] of alerts)
      if (!standing.has(key)) log.info({ alert }, 'an alert is over')
    alerts = standing
    await sleep(CLI_LOOK_PERIOD, ending, clock).catch(() => {})
  }
}
