// Every error class of the project. Callers branch on `err.name`; the message says
// what failed and then the facts.

/** An option is wrong: thrown where the option is given, with the words that were wrong. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
  readonly option: string

  constructor(option: string, problem: string, options?: ErrorOptions) {
    super(`${option}: ${problem}`, options)
    this.option = option
  }
}

/**
 * Refuses options that nobody knows, which are most often misspelt ones.
 *
 * @throws {OptionError} naming the first, and those that there are
 */
export function refuseUnknown(given: object, known: readonly string[], prefix = ''): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue
    throw new OptionError(`${prefix}${key}`, `is not an option; there are ${known.join(', ')}`)
  }
}

/**
 * Why a line or a message from a stranger is no heartbeat, or no answer to one. Each reason is
 * counted apart. After `framing` nothing more can be read from its stream.
 */
export type MalformedReason =
  | 'too-long'
  | 'framing'
  | 'utf8'
  | 'json'
  | 'cbor'
  | 'not-an-object'
  | 'seq'
  | 'session'
  | 'head'
  | 'height'
  | 'next'
  | 'stale'
  | 'genesis'
  | 'nickname'
  | 'miner-address'
  | 'page'
  | 'rtt'
  | 'settled'
  | 'eth-hash'
  | 'answer'

/** A message that is no heartbeat. Never leaves the handler of the stream it came from. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError'
  readonly reason: MalformedReason

  constructor(reason: MalformedReason, detail: string) {
    super(`malformed heartbeat: ${reason}: ${detail}`)
    this.reason = reason
  }
}

/** A discovery document does not say where an aggregator is. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError'

  constructor(problem: string, options?: ErrorOptions) {
    super(`the discovery document ${problem}`, options)
  }
}

/** A head source could not tell where the chain is. `source` names it, `cause` says why. */
export class HeadError extends Error {
  override readonly name = 'HeadError'
  readonly source: string

  constructor(source: string, problem: string, options?: ErrorOptions) {
    super(`${source}: ${problem}`, options)
    this.source = source
  }
}

/** Which part of the way to the aggregator failed. A device without a network is a state of its own. */
export type FailingLayer = 'discovery' | 'relay' | 'aggregator' | 'aggregator-silent'

/** No leg to the aggregator could be opened, or the one in use was lost. */
export class RouteError extends Error {
  override readonly name = 'RouteError'
  readonly layer: FailingLayer
  /** Host that was being reached, where there is one to name. */
  readonly host: string | undefined

  constructor(
    layer: FailingLayer,
    problem: string,
    options?: ErrorOptions & { host?: string | undefined }
  ) {
    super(problem, options)
    this.layer = layer
    this.host = options?.host
  }
}

/** A dial failed: no socket, no handshake, or an address that this node may not dial. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** The other side does not speak the protocol that a stream was opened for, or never said whether it does. */
export class NegotiationError extends Error {
  override readonly name = 'NegotiationError'
  readonly protocol: string
  /** `false` where the other side said that it does not speak it. */
  readonly spoken: false | undefined

  constructor(protocol: string, problem: string, { spoken }: { spoken?: false } = {}) {
    super(`${protocol}: ${problem}`)
    this.protocol = protocol
    this.spoken = spoken
  }
}

/** A server cannot listen where it was told to: the port is taken, or the address is another machine's. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly address: string

  constructor(address: string, problem: string, options?: ErrorOptions) {
    super(`cannot listen on ${address}: ${problem}`, options)
    this.address = address
  }
}

/** History cannot be read or written now: the message says why, and what can be done about it. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/** The aggregator answered a question of its dashboard with a refusal. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError'
  /** The HTTP status. */
  readonly status: number

  constructor(status: number, problem: string) {
    super(problem)
    this.status = status
  }
}

/** A parameter of a request is wrong: the message names it. Answered by a 400. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError'
  readonly parameter: string

  constructor(parameter: string, problem: string) {
    super(`${parameter}: ${problem}`)
    this.parameter = parameter
  }
}

/** What was typed is wrong, or what a variable or a config file says: the message names which. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The folder of keys and history cannot be made. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'

  constructor(folder: string, problem: string, options?: ErrorOptions) {
    super(`cannot make the folder ${folder}: ${problem}`, options)
  }
}

/** A key cannot be used to be known by. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError'

  constructor(file: string, problem: string) {
    super(`${file} ${problem}`)
  }
}

/** This platform lacks what is needed: the message says what. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError'
}
