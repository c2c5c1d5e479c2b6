import { ALERT_CLEAR_DELAY, ALERT_RAISE_DELAY } from '../constants.ts'
import type { Alert, AlertKind } from './alert.ts'
import type { Condition } from './conditions.ts'

/** How long a condition must hold before it is an alert, in ms; those that are not named, not at all. */
const RAISE_DELAYS: Partial<Record<AlertKind, number>> = {
  'node-behind': ALERT_RAISE_DELAY,
  'node-on-other-chain': ALERT_RAISE_DELAY,
  'references-disagree': ALERT_RAISE_DELAY,
  'references-lost': ALERT_RAISE_DELAY
}

/** Alerts about nodes: while the observer is unwell they are neither raised nor cleared. */
const FROZEN: ReadonlySet<AlertKind> = new Set([
  'node-down',
  'node-stalled',
  'node-behind',
  'node-on-other-chain'
])

/** Alerts that only references can tell to be over. */
const COMPARED: ReadonlySet<AlertKind> = new Set([
  'node-stalled',
  'node-behind',
  'node-on-other-chain'
])

/** What an observer cannot judge now. */
export interface Blindness {
  /** It is unwell: what it says of nodes counts for nothing. */
  readonly isFrozen: boolean
  /** None of its references can be compared with: nobody knows whether a chain is right again. */
  readonly isAlone: boolean
}

/** A condition that was seen, and perhaps an alert by now. Moments are in ms that never jump. */
interface Entry {
  condition: Condition
  readonly firstAt: number
  lastAt: number
  /** Since when it holds, in ms since 1970. */
  readonly since: number
  alert?: Alert
}

/** What became of alerts at one look. */
export interface AlertChanges {
  readonly raised: readonly Alert[]
  readonly cleared: readonly Alert[]
}

/**
 * Makes alerts of conditions: each is raised once and cleared once, however often its reason
 * flickers in between. Pure: owns no timer.
 */
export class AlertBook {
  readonly #entries = new Map<string, Entry>()

  /** Alerts that stand, the eldest first. */
  get standing(): Alert[] {
    return [...this.#entries.values()].flatMap(({ alert }) => alert ?? [])
  }

  /** Goes on with alerts that stood before a restart: they are not raised again. */
  restore(alerts: readonly Alert[], elapsed: number): void {
    for (const alert of alerts) {
      const { kind, subject, evidence, nickname, since } = alert
      const condition = { kind, subject, evidence, ...(nickname !== undefined && { nickname }) }
      const entry = { condition, firstAt: elapsed, lastAt: elapsed, since, alert }
      this.#entries.set(keyOf(alert), entry)
    }
  }

  /**
   * Takes in what is wrong at this moment.
   *
   * @param now ms since 1970 @param elapsed ms that never jump
   */
  look(
    conditions: readonly Condition[],
    now: number,
    elapsed: number,
    blindness: Blindness
  ): AlertChanges {
    const raised: Alert[] = []
    for (const condition of conditions) {
      if (blindness.isFrozen && FROZEN.has(condition.kind)) continue
      const entry = this.#see(condition, now, elapsed)
      if (entry.alert !== undefined) continue
      if (elapsed - entry.firstAt < (RAISE_DELAYS[condition.kind] ?? 0)) continue
      entry.alert = alertOf(entry)
      raised.push(entry.alert)
    }
    return { raised, cleared: this.#clear(now, elapsed, blindness) }
  }

  #see(condition: Condition, now: number, elapsed: number): Entry {
    const key = keyOf(condition)
    const known = this.#entries.get(key)
    const entry = known ?? { condition, firstAt: elapsed, lastAt: elapsed, since: now }
    entry.condition = condition
    entry.lastAt = elapsed
    if (known === undefined) this.#entries.set(key, entry)
    return entry
  }

  #clear(now: number, elapsed: number, { isFrozen, isAlone }: Blindness): Alert[] {
    const cleared: Alert[] = []
    for (const [key, entry] of this.#entries) {
      const { kind } = entry.condition
      if (isFrozen && FROZEN.has(kind)) entry.lastAt = elapsed
      if (isAlone && COMPARED.has(kind) && entry.alert !== undefined) entry.lastAt = elapsed
      if (entry.lastAt === elapsed) continue
      if (entry.alert === undefined) this.#entries.delete(key)
      else if (elapsed - entry.lastAt >= ALERT_CLEAR_DELAY) {
        this.#entries.delete(key)
        cleared.push({ ...entry.alert, until: now - Math.round(elapsed - entry.lastAt) })
      }
    }
    return cleared
  }
}

function alertOf({ condition, since }: Entry): Alert {
  const { kind, subject } = condition
  const id = [kind, subject, since.toString(36)].filter((part) => part !== '').join('.')
  return { id, since, ...condition }
}

function keyOf({ kind, subject }: Pick<Alert, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`
}
