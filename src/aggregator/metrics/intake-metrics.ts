import { Histogram, type Registry } from 'prom-client'
import { BEAT_AGE_BUCKETS, INGEST_BUCKETS, ROUND_TRIP_BUCKETS } from '../../constants.ts'

/** What is told of each beat. All times are in ms. */
export interface IntakeObserver {
  /**
   * A beat was taken.
   *
   * @param age time since the one before of the same node, where there was one
   * @param rtt round trip that the node reports, where it does
   */
  beat(age: number | undefined, rtt: number | undefined): void
  /** What came at once over a stream, most often one beat, was read, judged and answered. */
  ingest(duration: number): void
}

/** Counts times in buckets; called for each beat. */
export class IntakeMetrics implements IntakeObserver {
  readonly #age: Histogram
  readonly #rtt: Histogram
  readonly #ingest: Histogram

  constructor(registry: Registry) {
    const registers = [registry]
    this.#age = new Histogram({
      name: 'fil_heartbeat_beat_age_seconds',
      help: 'Time between two beats of the same node, at each beat',
      buckets: [...BEAT_AGE_BUCKETS],
      registers
    })
    this.#rtt = new Histogram({
      name: 'fil_heartbeat_round_trip_seconds',
      help: 'Round trip of beats and their answers, as nodes report it',
      buckets: [...ROUND_TRIP_BUCKETS],
      registers
    })
    this.#ingest = new Histogram({
      name: 'fil_heartbeat_ingest_seconds',
      help: 'Time spent to read, judge and answer what came at once over a stream',
      buckets: [...INGEST_BUCKETS],
      registers
    })
  }

  beat(age: number | undefined, rtt: number | undefined): void {
    if (age !== undefined) this.#age.observe(Math.max(0, age) / 1_000)
    if (rtt !== undefined) this.#rtt.observe(rtt / 1_000)
  }

  ingest(duration: number): void {
    this.#ingest.observe(duration / 1_000)
  }
}
