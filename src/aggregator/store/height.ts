const HEIGHT_BYTES = 8

/**
 * An epoch as 8 bytes, the highest first: SQLite orders them as numbers, and its own integers end at
 * 2^63−1.
 *
 * @throws {RangeError} when it is below 0 or above 2^64−1
 */
export function heightToBytes(height: bigint): Uint8Array {
  const bytes = Buffer.alloc(HEIGHT_BYTES)
  bytes.writeBigUInt64BE(height)
  return bytes
}

/** The epoch that 8 bytes stand for. */
export function heightOf(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0)
}
