import { STORE_MINUTE_RTTS } from '../../constants.ts'

const MAX_RTT = 65_535
const RTT_BYTES = 2

/** Some beats of one node, in order of time, as one. */
export interface Gathered {
  readonly beats: number
  readonly height: bigint
  /** As the last of them had it. */
  readonly behind: number | undefined
  /** Their round trips, in ms. */
  readonly rtts: readonly number[]
}

/** Gathers beats of one node into one, without keeping them. */
export class Rollup implements Gathered {
  #rtts: number[] = []
  beats = 0
  height = 0n
  behind: number | undefined

  get rtts(): readonly number[] {
    return this.#rtts
  }

  /** Takes what came after all that it took before. */
  take({ beats, height, behind, rtts }: Gathered): void {
    this.beats += beats
    if (height > this.height) this.height = height
    this.behind = behind
    for (const rtt of rtts) this.#rtts.push(rtt)
  }
}

/** A round trip as it is stored: whole ms, at most a minute or so. */
export function storedRtt(rtt: number | undefined): number | undefined {
  if (rtt === undefined || !(rtt >= 0)) return undefined
  return Math.min(MAX_RTT, Math.round(rtt))
}

/** The last round trips of a minute as bytes, two each. */
export function packRtts(rtts: readonly number[]): Uint8Array {
  const kept = rtts.slice(-STORE_MINUTE_RTTS)
  const bytes = Buffer.alloc(kept.length * RTT_BYTES)
  kept.forEach((rtt, index) => {
    bytes.writeUInt16LE(rtt, index * RTT_BYTES)
  })
  return bytes
}

/** What `packRtts` packed. */
export function unpackRtts(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rtts: number[] = []
  for (let at = 0; at < bytes.byteLength; at += RTT_BYTES) rtts.push(view.getUint16(at, true))
  return rtts
}

/** The middle one, of two the lower; `undefined` of none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]
}
