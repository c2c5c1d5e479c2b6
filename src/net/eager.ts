// The eager upgrade. js-libp2p waits for the answer to every multistream-select offer, although
// only one protocol is offered. Here an offer is taken as accepted at once: libp2p reads an echo
// that we put there ourselves, what it wants to say next travels in the same flight, and the
// other side's own echo is checked and swallowed when it comes. A round trip less per negotiation.

import type {
  MessageStream,
  MultiaddrConnection,
  Stream,
  StreamMuxer,
  StreamMuxerFactory,
  Upgrader
} from '@libp2p/interface'
import { encode as encodeVarint, encodingLength } from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'
import { NegotiationError } from '../errors.ts'

/** A stream whose incoming bytes pass through `onData`, as all of js-libp2p's do. */
type Readable = MessageStream & { onData(data: Uint8Array | Uint8ArrayList): void }

const MULTISTREAM_PROTOCOL = '/multistream/1.0.0'
const NOISE_PROTOCOL = '/noise'

const accepted = new WeakMap<object, Promise<void>>()

/**
 * Resolves when the other side has answered that it speaks the protocol of an eagerly opened
 * stream; at once for a stream that was negotiated in the usual way.
 *
 * @throws {NegotiationError} when it does not, or the stream closed before it answered
 */
export async function whenAccepted(stream: Stream): Promise<void> {
  await accepted.get(stream)
}

/**
 * Lets the next multistream-select on `stream` succeed without waiting, for `protocol`, which must
 * be the only one that it offers.
 */
export function assumeAccepted(stream: MessageStream, protocol: string): void {
  if (!canIntercept(stream)) return
  const echo = concat(multistreamMessage(MULTISTREAM_PROTOCOL), multistreamMessage(protocol))
  const answered = Promise.withResolvers<void>()
  answered.promise.catch(() => {})
  accepted.set(stream, answered.promise)

  const deliver = stream.onData
  const onClose = (): void => answered.reject(new NegotiationError(protocol, 'closed unanswered'))
  stream.addEventListener('close', onClose, { once: true })

  const settle = (error?: NegotiationError): void => {
    stream.removeEventListener('close', onClose)
    stream.onData = deliver
    if (error === undefined) {
      answered.resolve()
    } else {
      answered.reject(error)
      stream.abort(error)
    }
  }

  let seen = 0
  stream.onData = (data) => {
    const bytes = data instanceof Uint8ArrayList ? data.subarray() : data
    const length = Math.min(bytes.byteLength, echo.byteLength - seen)
    for (let index = 0; index < length; index++, seen++) {
      if (bytes[index] !== echo[seen]) {
        return settle(new NegotiationError(protocol, 'not spoken', { spoken: false }))
      }
    }
    if (seen < echo.byteLength) return
    settle()
    if (length < bytes.byteLength) stream.onData(bytes.subarray(length))
  }
  deliver.call(stream, echo)
}

/** Makes every stream that a muxer opens for one single protocol an eager one. */
export function eagerMuxer<T extends StreamMuxerFactory>(factory: T): T {
  const create = factory.createStreamMuxer.bind(factory)
  factory.createStreamMuxer = (connection): StreamMuxer => {
    const muxer = create(connection)
    const createStream = muxer.createStream.bind(muxer)
    muxer.createStream = async (options) => {
      const stream = await createStream(options)
      if (options?.protocol !== undefined && stream.protocol === '') {
        assumeAccepted(stream, options.protocol)
      }
      return stream
    }
    return muxer
  }
  return factory
}

/**
 * Wraps an upgrader so that an outbound connection offers noise eagerly, and a connection whose
 * upgrade fails is closed instead of forgotten.
 */
export function eagerUpgrader(upgrader: Upgrader): Upgrader {
  return overlay(upgrader, {
    upgradeOutbound: async (connection: MultiaddrConnection, options: UpgradeOptions) => {
      try {
        if (options.skipEncryption !== true) assumeAccepted(connection, NOISE_PROTOCOL)
        if (options.muxerFactory != null) eagerMuxer(options.muxerFactory)
        return await upgrader.upgradeOutbound(connection, options)
      } catch (error) {
        connection.abort(error instanceof Error ? error : new Error(String(error)))
        throw error
      }
    }
  })
}

/** Looks like `base` in everything but the given properties; `base` itself stays untouched. */
export function overlay<T extends object>(
  base: T,
  properties: Partial<Record<keyof T, unknown>>
): T {
  return new Proxy(base, {
    get: (target, key) => {
      if (Object.hasOwn(properties, key)) return properties[key as keyof T]
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

type UpgradeOptions = Parameters<Upgrader['upgradeOutbound']>[1]

function canIntercept(stream: MessageStream): stream is Readable {
  return 'onData' in stream && typeof stream.onData === 'function'
}

function multistreamMessage(text: string): Uint8Array {
  const body = new TextEncoder().encode(`${text}\n`)
  return concat(
    encodeVarint(body.byteLength, new Uint8Array(encodingLength(body.byteLength))),
    body
  )
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.byteLength + b.byteLength)
  joined.set(a)
  joined.set(b, a.byteLength)
  return joined
}
